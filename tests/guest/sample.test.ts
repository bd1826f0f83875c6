import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readSampleState } from "../../scripts/demo/sample/sampleState.ts";
import { readAcceptedWrites } from "../../scripts/demo/sample/writeSummary.ts";
import type { Guest } from "../../scripts/guest/guest.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { WRITE_EVERY_MS } from "../support/sampleWrites.ts";
import { guestFolder, nightlyTest, whySkipped } from "./support/guestTest.ts";
import { hostProcesses } from "./support/hostProcesses.ts";
import { must } from "./support/must.ts";
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

  test("writes all the time, and every acknowledged write is in the database", async () => {
    const before = await acceptedCount();
    await pause(10 * WRITE_EVERY_MS);
    const written = (await acceptedCount()) - before;
    expect(written).toBeGreaterThan(3);
    expect(written).toBeLessThan(16);
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
    await expect.poll(async () => Number(await sql(guest, moved))).toBeLessThan(200);
    expect(await acceptedCount()).toBe(before);
    expect((await asTestAccount()).status).toBe(200);
    expect((await fetch(`${url}/health`)).status).toBe(200);

    await must(guest, `rm ${SAMPLE_FOLDER}/maintenance.on`);
    await expect.poll(acceptedCount).toBeGreaterThan(before + 3);
    const { longestGap, missingCount } = await checkWrites(guest);
    expect(missingCount).toBe(0);
    expect(longestGap?.lengthMs).toBeGreaterThan(3_500);
  });

  nightlyTest("goes on by itself when its cluster was stopped, moved and started elsewhere", async () => {
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
    await expect.poll(acceptedCount).toBeGreaterThan(before + 3);
    expect(await sql(guest, "show data_directory")).toBe("/var/moved");
    expect((await checkWrites(guest)).missingCount).toBe(0);
    expect(await must(guest, `grep -c ERROR ${SAMPLE_FOLDER}/log/sampleService.log`)).not.toBe("0\n");
  });

  nightlyTest("keeps every acknowledged write over a power cut, and goes on with the next id", async () => {
    const recorded = () => readAcceptedWrites(readFileSync(join(share, "writes.jsonl"), "utf8"));
    await guest.crash();
    const before = recorded();
    expect(before.length).toBeGreaterThan(30);
    await guest.restart();
    await startSample(guest, template, `--writes ${share}/writes.jsonl`);
    await expect.poll(() => recorded().length).toBeGreaterThan(before.length + 3);
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
    const directory = `$(sed -n "s/^data_directory = '\\(.*\\)'.*/\\1/p" ${SAMPLE_FOLDER}/etc/postgresql.conf)`;
    const state = `/usr/lib/postgresql/15/bin/pg_controldata "${directory}" | grep state`;
    expect(await must(guest, state)).toMatch(/shut down$/m);
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
  await expect.poll(recorded).toBeGreaterThan(5);
  const before = recorded();
  await pause(3_000);
  expect(recorded() - before).toBeGreaterThan(20); // ten times a second
  expect(recorded() - before).toBeLessThan(40);
  const ended = once(sample, "exit");
  sample.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(hostProcesses().filter(({ commandLine }) => commandLine.includes(folder))).toEqual([]);
});
