import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { buildImage } from "../../scripts/guest/containerImage.ts";
import { IMAGE_NAME, importImage, startDocker } from "../../scripts/guest/docker.ts";
import type { Guest } from "../../scripts/guest/guest.ts";
import { hostPathInGuest } from "../../scripts/guest/guest.ts";
import type { Act } from "./support/acting.ts";
import { actOn } from "./support/acting.ts";
import { guestFolder, nightlyTest, whySkipped } from "./support/guestTest.ts";
import { must } from "./support/must.ts";
import { checkWrites, makeTemplate, SAMPLE_FOLDER, sql, startSample } from "./support/sampleGuest.ts";

const hasCompose = existsSync("/usr/bin/docker-compose");
if (!hasCompose) console.warn("SKIPPED, a Compose project in a guest: docker-compose is not installed");
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

  nightlyTest(
    "comes back by itself when its server is stopped from inside, and loses no acknowledged write",
    async () => {
      const startedAt = () => must(guest, "docker inspect --format '{{.State.StartedAt}}' postgres");
      const before = await startedAt();
      await guest.exec("docker exec postgres pg_ctl stop -m fast");
      await expect.poll(startedAt, { timeout: 30_000 }).not.toBe(before);
      const count = async () => (await checkWrites(guest)).acceptedCount;
      const accepted = await count();
      await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(accepted + 3);
      expect((await checkWrites(guest)).missingCount).toBe(0);
    },
  );

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
      480_000,
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

  test.skipIf(!hasCompose)(
    "beside it a Compose project is stopped for good, started with an overlay, and put back with its restart policy",
    async () => {
      const folder = "/srv/shop";
      const [base, overlay] = [`${folder}/compose.yaml`, `${folder}/overlay.yaml`];
      // Only the guest's own network is there, and the image has busybox under that name.
      const service = `image: ${IMAGE_NAME}, network_mode: host, user: "0:0", restart: always, entrypoint: [busybox, sleep, "900"]`;
      await must(
        guest,
        `mkdir -p ${folder}/encrypted && cd ${folder} &&
         printf '%s' 'version: "3"
services: { web: { ${service} } }' > ${base} &&
         printf '%s' 'version: "3"
services: { web: { volumes: ["${folder}/encrypted:/encrypted"] } }' > ${overlay}`,
      );
      const project = { name: "shop", directory: folder, files: [base] };
      const act = (action: string, more: object = {}): Act => ({ do: "run", action, args: { project, ...more } });
      const format = "{{.HostConfig.RestartPolicy.Name}} {{.State.Running}} {{len .Mounts}}";
      const look: Act = {
        do: "shell",
        command: `docker inspect --format '${format}' $(docker ps --all --quiet --filter label=com.docker.compose.project=shop)`,
      };
      const stop = act("compose.stop", { graceMs: 1_000 });
      const ends = await actOn(
        guest,
        [
          ...[act("compose.up"), look, stop, look, { ...stop, do: "inspect" } as Act, act("compose.up"), look, stop],
          ...[act("compose.overlayOn", { overlay }), act("compose.up", { restart: "no" }), look, act("compose.logs")],
          ...[stop, act("compose.overlayOff", { overlay }), act("compose.up"), look, stop],
        ],
        480_000,
      );
      const [up, running, stopped, down, seen, again, back, , on, over, laid, logs, , off, last, put] = ends;
      expect(up?.result).toMatchObject({ is_ready: true, containers_count: 1, files: [base] });
      // Each look: restart policy, whether it runs, and the mounts (the image has one of its own).
      expect(running?.output).toBe("always true 1");
      expect(stopped?.result).toMatchObject({ is_down: true, stopped_count: 1 });
      expect(down?.output).toBe("no false 1");
      expect(seen?.result).toMatchObject({ state: "done" });
      expect(again?.result).toMatchObject({ recreated: [] });
      expect(back?.output).toBe("always true 1");
      expect(on?.result).toMatchObject({ changed: true, files: [base, overlay] });
      expect(over?.result).toMatchObject({ files: [base, overlay], recreated: [expect.stringContaining("web")] });
      expect(laid?.output).toBe("no true 2");
      expect(logs?.result).toMatchObject({ ok: true, errors_count: 0 });
      expect(off?.result).toMatchObject({ changed: true, files: [base] });
      expect(last?.result).toMatchObject({ is_ready: true, files: [base] });
      expect(put?.output).toBe("always true 1");
      await must(
        guest,
        "docker ps --all --quiet --filter label=com.docker.compose.project=shop | xargs docker rm --volumes",
      );
    },
  );

  nightlyTest("is there again after a power cut, from the same volume", async () => {
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
