import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readSampleState } from "../../scripts/demo/sample/sampleState.ts";
import { readAcceptedWrites } from "../../scripts/demo/sample/writeSummary.ts";
import { buildImage } from "../../scripts/guest/containerImage.ts";
import { IMAGE_NAME, importImage, startDocker } from "../../scripts/guest/docker.ts";
import type { Guest } from "../../scripts/guest/guest.ts";
import { hostPathInGuest } from "../../scripts/guest/guest.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import type { Act } from "./support/acting.ts";
import { actOn } from "./support/acting.ts";
import { guestFolder, must, whySkipped } from "./support/guestTest.ts";
import { hostProcesses } from "./support/hostProcesses.ts";
import { checkWrites, makeTemplate, SAMPLE_FOLDER, sql, startSample } from "./support/sampleGuest.ts";

describe.skipIf(whySkipped)("the sample in a guest", () => {
  const guests = guestFolder();
  /** On the host, so that a power cut in the guest takes nothing from it. */
  const share = join(guests.stateDirectory, "shared");
  let guest: Guest;
  let template: string;
  let url: string;
  let testToken: string;
  const acceptedCount = async () => (await (await fetch(`${url}/stats`)).json()).acceptedCount as number;
  const asTestAccount = () => fetch(`${url}/api/sync/snapshot`, { headers: { authorization: `Bearer ${testToken}` } });

  beforeAll(async () => {
    mkdirSync(share);
    template = await makeTemplate(guests.stateDirectory);
    guest = await guests.start({ name: "sample", shares: [share] });
    const state = await startSample(guest, template, `--writes ${share}/writes.jsonl`);
    url = `http://127.0.0.1:${(await guest.forward(state.service.port)).hostPort}`;
    testToken = (await must(guest, `cat ${state.service.testTokenPath}`)).trim();
  });

  test("is a cluster of an unprivileged account, with the tables of a sync service and the rows that were promised", async () => {
    const state = JSON.parse(await must(guest, `cat ${SAMPLE_FOLDER}/state.json`));
    expect(await must(guest, `stat -c '%u:%g %a' ${SAMPLE_FOLDER}/pgdata`)).toBe("999:999 700\n");
    expect(await sql(guest, "select count(*) from operations where client_id <> 'writing-client'")).toBe(
      String(state.rows.operations),
    );
    expect(await sql(guest, "select count(*) from user_sync_state where snapshot_data is not null")).toBe(
      String(state.rows.snapshots),
    );
    expect(await sql(guest, "select rolsuper from pg_roles where rolname = 'supersync'")).toBe("f");
    const bytes = Number(await sql(guest, "select pg_database_size('supersync')"));
    expect(bytes).toBeGreaterThan(15e6);
    expect(bytes).toBeLessThan(40e6);
  });

  test("is healthy and answers its test account, and nobody without a token", async () => {
    const health = await fetch(`${url}/health`);
    expect([health.status, await health.json()]).toEqual([200, { status: "ok" }]);
    const snapshot = await asTestAccount();
    expect([snapshot.status, await snapshot.json()]).toMatchObject([200, { sizeBytes: 65_536 }]);
    expect((await fetch(`${url}/api/sync/snapshot`)).status).toBe(401);
    expect((await fetch(`${url}/api/sync/snapshot`, { headers: { authorization: "Bearer no" } })).status).toBe(401);
  });

  test("refuses what is no batch of operations, and stores nothing of it", async () => {
    const headers = { authorization: `Bearer ${testToken}` };
    for (const body of [
      "",
      "{",
      "[]",
      '{"clientId":"x","operations":[]}',
      '{"clientId":"x","operations":[{"id":0}]}',
    ]) {
      expect((await fetch(`${url}/api/sync/operations`, { method: "POST", headers, body })).status).toBe(400);
    }
    expect(await sql(guest, "select count(*) from operations where client_id = 'x'")).toBe("0");
  });

  test("writes ten times a second, and every acknowledged write is in the database", async () => {
    const before = await acceptedCount();
    await pause(3_000);
    const written = (await acceptedCount()) - before;
    expect(written).toBeGreaterThan(15);
    expect(written).toBeLessThan(45);
    const checked = await checkWrites(guest);
    expect(checked.missingCount).toBe(0);
    expect(checked.acceptedCount).toBeGreaterThan(written);
    expect(checked.storedCount).toBeGreaterThanOrEqual(checked.acceptedCount);
  });

  test("takes no new write while the maintenance page is on, holds no session, and goes on by itself afterwards", async () => {
    await must(guest, `touch ${SAMPLE_FOLDER}/maintenance.on`);
    await pause(2_500);
    const before = await acceptedCount();
    const moved = "select pg_current_wal_lsn() - before from (select pg_current_wal_lsn() as before, pg_sleep(1)) as t";
    const page = await fetch(`${url}/`, { headers: { accept: "text/html" } });
    expect([page.status, await page.text()]).toEqual([503, expect.stringContaining("Scheduled maintenance")]);
    expect(await sql(guest, "select count(*) from pg_stat_activity where usename = 'supersync'")).toBe("0");
    // Now and then the server itself writes a little. A write of the client takes a kilobyte.
    await expect.poll(async () => Number(await sql(guest, moved)), { timeout: 20_000 }).toBeLessThan(200);
    expect(await acceptedCount()).toBe(before);
    expect((await asTestAccount()).status).toBe(200);
    expect((await fetch(`${url}/health`)).status).toBe(200);

    await must(guest, `rm ${SAMPLE_FOLDER}/maintenance.on`);
    await expect.poll(acceptedCount, { timeout: 5_000 }).toBeGreaterThan(before + 3);
    const { longestGap, missingCount } = await checkWrites(guest);
    expect(missingCount).toBe(0);
    expect(longestGap?.lengthMs).toBeGreaterThan(3_500);
  });

  test("goes on by itself when its cluster was stopped, moved and started elsewhere", async () => {
    const ctl = `setpriv --reuid 999 --regid 999 --clear-groups /usr/lib/postgresql/15/bin/pg_ctl -D ${SAMPLE_FOLDER}/etc -w`;
    await must(guest, `cd /; ${ctl} -m fast stop`);
    expect((await fetch(`${url}/health`)).status).toBe(503);
    await must(guest, `cp -a ${SAMPLE_FOLDER}/pgdata /var/moved && sync -f /var/moved`);
    await must(
      guest,
      `sed -i "s|^data_directory.*|data_directory = '/var/moved'|" ${SAMPLE_FOLDER}/etc/postgresql.conf`,
    );
    await must(guest, `cd /; ${ctl} -l ${SAMPLE_FOLDER}/log/postgresql.log start`);
    const before = await acceptedCount();
    await expect.poll(acceptedCount, { timeout: 10_000 }).toBeGreaterThan(before + 3);
    expect(await sql(guest, "show data_directory")).toBe("/var/moved");
    expect((await checkWrites(guest)).missingCount).toBe(0);
    expect(await must(guest, `grep -c ERROR ${SAMPLE_FOLDER}/log/sampleService.log`)).not.toBe("0\n");
  });

  test("keeps every acknowledged write over a power cut, and goes on with the next id", async () => {
    const recorded = () => readAcceptedWrites(readFileSync(join(share, "writes.jsonl"), "utf8"));
    await guest.crash();
    const before = recorded();
    expect(before.length).toBeGreaterThan(30);
    await guest.restart();
    await startSample(guest, template, `--writes ${share}/writes.jsonl`);
    await expect.poll(() => recorded().length, { timeout: 10_000 }).toBeGreaterThan(before.length + 3);
    expect((await checkWrites(guest)).missingCount).toBe(0);
    const ids = recorded().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("ends all of it in good order when it is told to", async () => {
    await must(guest, `kill $(node -p "require('${SAMPLE_FOLDER}/state.json').pid")`);
    await must(
      guest,
      `while test -e ${SAMPLE_FOLDER}/state.json || pgrep -x postgres || pgrep -f sample/start.ts; do sleep 0.1; done`,
    );
    expect((await guest.exec("pgrep -fl 'sampleService|writingClient'")).output).toBe("");
    expect(await must(guest, "/usr/lib/postgresql/15/bin/pg_controldata /var/moved | grep state")).toMatch(
      /shut down$/m,
    );
  });
});

const hasDocker = existsSync("/usr/sbin/dockerd");
if (!hasDocker) console.warn("SKIPPED, the sample in a container: docker.io is not installed");

describe.skipIf(whySkipped || !hasDocker)("the sample in a container in a guest", () => {
  const guests = guestFolder();
  const binDirectory = "/usr/lib/postgresql/15/bin";
  const more = `--image ${IMAGE_NAME} --volume supersync_pg-data`;
  let guest: Guest;
  let template: string;

  beforeAll(async () => {
    template = await makeTemplate(guests.stateDirectory);
    const image = await buildImage(guests.stateDirectory, binDirectory);
    guest = await guests.start({ name: "docker", memoryMiB: 1536 });
    await startDocker(guest);
    await importImage(guest, hostPathInGuest(image), binDirectory);
    await startSample(guest, template, more);
  });

  test("is a container called postgres on a named volume, its process 1 the server, as account 999:999", async () => {
    const format = "{{.HostConfig.RestartPolicy.Name}} {{(index .Mounts 0).Name}} {{(index .Mounts 0).Source}}";
    const folder = "/var/lib/docker/volumes/supersync_pg-data/_data";
    expect(await must(guest, `docker inspect --format '${format}' postgres`)).toBe(
      `always supersync_pg-data ${folder}\n`,
    );
    expect(await must(guest, "docker exec postgres cat /proc/1/comm")).toBe("postgres\n");
    expect(await must(guest, `stat -c '%u:%g %a' ${folder}`)).toBe("999:999 700\n");
    expect(
      await must(guest, "docker exec postgres psql -U supersync -Atc 'select count(*) > 1000 from operations'"),
    ).toBe("t\n");
    expect(await sql(guest, "show data_directory")).toBe("/var/lib/postgresql/data");
  });

  test("comes back by itself when its server is stopped from inside, and loses no acknowledged write", async () => {
    const startedAt = () => must(guest, "docker inspect --format '{{.State.StartedAt}}' postgres");
    const before = await startedAt();
    await guest.exec("docker exec postgres pg_ctl stop -m fast");
    await expect.poll(startedAt, { timeout: 30_000 }).not.toBe(before);
    const count = async () => (await checkWrites(guest)).acceptedCount;
    const accepted = await count();
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(accepted + 3);
    expect((await checkWrites(guest)).missingCount).toBe(0);
  });

  test("is stopped, pointed at an encrypted volume, started there, and put back with its restart policy, by the agent's actions", async () => {
    const source = "/var/lib/docker/volumes/supersync_pg-data/_data";
    const volume = { name: "tidal", backing: "file", path: "/var/volumes/tidal.img", mountPoint: "/srv/tidal" };
    const copy = `${volume.mountPoint}/data`;
    const cluster = {
      ...{ kind: "docker", container: "postgres", database: "supersync", user: "postgres" },
      passwordFile: `${SAMPLE_FOLDER}/secrets/postgres.password`,
    };
    const secrets = { operational: "eight words of the one", recovery: "eight words of the other" };
    const act = (action: string, args: object): Act => ({ do: "run", action, args, secrets });
    const stop = act("postgres.stop", { cluster, smartMs: 1_000, fastMs: 60_000 });
    const start = (expectDirectory: string) => act("postgres.start", { cluster, expectDirectory });
    const pointAt = act("postgres.pointAt", { cluster, directory: copy });
    const pointBack = act("postgres.pointBack", { cluster, directory: source });
    const format = "{{.Name}} {{.HostConfig.RestartPolicy.Name}} {{.State.Running}} {{(index .Mounts 0).Source}}";
    const containers: Act = {
      do: "shell",
      command: `docker ps --all --quiet | xargs docker inspect --format '${format}' | sort`,
    };
    await must(guest, `touch ${SAMPLE_FOLDER}/maintenance.on; mkdir -p /var/volumes`);
    const ends = await actOn(
      guest,
      [
        ...[pointAt, act("postgres.facts", { cluster: { ...cluster, container: "nobody" } })],
        ...[act("postgres.facts", { cluster }), stop, act("postgres.atRest", { cluster }), containers],
        act("luks.create", { volume, sizeBytes: 256 * 2 ** 20, minFreePercent: 0, pbkdfIterations: 1000 }),
        ...[act("files.copy", { from: source, to: copy, cluster }), pointAt, { ...pointAt, do: "inspect" } as Act],
        ...[act("luks.prove", { path: copy }), start(source), start(copy), containers],
        ...[act("postgres.facts", { cluster }), pointBack, stop, pointBack, pointBack, start(source), containers],
        act("luks.close", { volume }),
      ],
      240_000,
    );
    const [early, nobody, before, stopped, atRest, alone, , copied, pointed, looked, proof, wrongPlace, ...after] =
      ends;
    const [started, moved, facts, tooEarly, stoppedThere, back, again, startedBack, put, closed] = after;

    expect(early?.failure).toMatchObject({
      code: "sourceNotAtRest",
      message: expect.stringContaining("postgres runs"),
    });
    expect(nobody?.failure).toMatchObject({ code: "containerMissing", message: expect.stringContaining("nobody") });
    expect(before?.result).toMatchObject({ data_directory: source, restart_policy: "always", owner: "999:999" });
    expect(stopped?.result).toMatchObject({ is_down: true, is_clean: true, restart_policy_before: "always" });
    expect(atRest?.result).toMatchObject({ at_rest: true, restart_policy: "no", open_files_count: 0 });
    expect(alone?.output).toBe(`/postgres no false ${source}`);
    expect(copied?.result).toMatchObject({ source_at_rest: true, owner: "999:999" });
    const there = {
      was_directory: source,
      now_directory: copy,
      kept: "postgres-before-slackwater",
      restart_policy: "no",
    };
    expect(pointed?.result).toEqual(there);
    expect(looked?.result).toEqual({ state: "done", result: there });
    expect(proof?.result).toMatchObject({ on_dm_crypt: true });
    expect(wrongPlace?.failure).toMatchObject({
      code: "expectationFailed",
      message: expect.stringContaining("not started"),
    });
    expect(started?.result).toMatchObject({ is_ready: true, data_directory: copy });
    expect(moved?.output).toBe(`/postgres no true ${copy}\n/postgres-before-slackwater no false ${source}`);
    expect(facts?.result?.system_identifier).toBe(before?.result?.system_identifier);

    expect(tooEarly?.failure).toMatchObject({ code: "sourceNotAtRest" });
    expect(stoppedThere?.result).toMatchObject({ is_down: true, is_clean: true });
    expect(back?.result).toEqual({ now_directory: source, changed: true, restart_policy: "no" });
    expect(again?.result).toEqual({ now_directory: source, changed: false, restart_policy: "no" });
    expect(startedBack?.result).toMatchObject({ is_ready: true, data_directory: source });
    expect(put?.output).toBe(`/postgres always true ${source}`);
    expect(closed?.result).toMatchObject({ is_closed: true, was_mounted: true });

    await must(guest, `rm ${SAMPLE_FOLDER}/maintenance.on`);
    const count = async () => (await checkWrites(guest)).acceptedCount;
    const accepted = await count();
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(accepted + 3);
    expect((await checkWrites(guest)).missingCount).toBe(0);
  });

  test("is there again after a power cut, from the same volume", async () => {
    await guest.crash();
    await guest.restart();
    await startDocker(guest);
    const state = await startSample(guest, template, more);
    expect(state.cluster.container).toEqual({ name: "postgres", image: IMAGE_NAME, volume: "supersync_pg-data" });
    expect((await checkWrites(guest)).missingCount).toBe(0);
  });

  test("ends all of it in good order when it is told to, and the container stays, stopped", async () => {
    await must(guest, `kill $(node -p "require('${SAMPLE_FOLDER}/state.json').pid")`);
    await must(guest, `while test -e ${SAMPLE_FOLDER}/state.json; do sleep 0.1; done`);
    expect(await must(guest, "docker ps --all --format '{{.Names}} {{.State}}'")).toBe("postgres exited\n");
    const volume = "/var/lib/docker/volumes/supersync_pg-data/_data";
    expect(await must(guest, `${binDirectory}/pg_controldata ${volume} | grep state`)).toMatch(/shut down$/m);
  });
});

test("the sample also runs in a plain directory of this machine, from the embedded PostgreSQL, and leaves nothing running", async () => {
  const folder = mkdtempSync("/tmp/slackwater-sample-");
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const argv = ["--folder", folder, "--size", "2M", "--postgres", "embedded"];
  const sample = spawn(process.execPath, [join(projectRoot, "scripts/demo/sample/start.ts"), ...argv]);
  let errors = "";
  sample.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  onTestFinished(() => void sample.kill("SIGKILL"));
  const [ready] = await Promise.race([
    once(sample.stdout, "data"),
    once(sample, "exit").then(() => Promise.reject(new Error(errors))),
  ]);
  expect(JSON.parse(String(ready))).toMatchObject({ ready: true });
  const state = await readSampleState(join(folder, "state.json"));
  expect(state.cluster.version).toMatch(/^18\./);
  expect(state.cluster.limits.join(" ")).toContain("pg_controldata is missing");
  expect((await fetch(`${state.service.url}/health`)).status).toBe(200);
  const recorded = () => readAcceptedWrites(readFileSync(join(folder, "writes.jsonl"), "utf8")).length;
  await expect.poll(recorded, { timeout: 5_000 }).toBeGreaterThan(5);
  const ended = once(sample, "exit");
  sample.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(hostProcesses().filter(({ commandLine }) => commandLine.includes(folder))).toEqual([]);
});
