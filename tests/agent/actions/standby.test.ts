import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readControl } from "../../../agent/actions/postgres/controlFile.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { freePort } from "../../support/serverProcess.ts";
import { createBench, makeRoom } from "./support/bench.ts";
import type { TestCluster } from "./support/cluster.ts";
import { makeCluster } from "./support/cluster.ts";

const hasPostgres = existsSync("/usr/lib/postgresql/15/bin/pg_basebackup");
if (!hasPostgres) console.warn("SKIPPED, base backup, standby and promote: Debian's postgresql-15 is not installed");

const SLOT = "slackwater";

describe.skipIf(!hasPostgres)("a standby of a real cluster", () => {
  const room = makeRoom();
  let made: TestCluster;
  let cluster: TestCluster["target"];
  let standby: Record<string, unknown>;

  beforeAll(async () => {
    made = await makeCluster(room);
    appendFileSync(join(dirname(made.cluster.configFile), "pg_hba.conf"), "local replication all trust\n");
    cluster = made.target;
    standby = {
      ...cluster,
      dataDir: join(room, "standby/data"),
      configFile: join(room, "standby/configuration/postgresql.conf"),
      logFile: join(room, "sample/log/standby.log"),
      port: await freePort(),
    };
    mkdirSync(join(room, "standby"), { mode: 0o711 });
    await made.start();
    // It comes with the copy, and would take the standby to the first server's port.
    const client = await connect(made.cluster.port);
    await client.query(`alter system set port = ${made.cluster.port}`);
    await client.end();
  });
  afterAll(async () => {
    if (made === undefined) return;
    for (const one of [standby, cluster])
      await createBench()
        .run("postgres.stop", { cluster: one })
        .catch(() => undefined);
    rmSync(room, { recursive: true, force: true });
  });

  /** A connection of the superuser's, through the socket. */
  async function connect(port: unknown): Promise<pg.Client> {
    const client = new pg.Client({
      ...{
        host: made.cluster.socketDirectory,
        port: Number(port),
        user: made.cluster.superuser,
        database: made.cluster.database,
      },
    });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }
  const backup = (more: object = {}) => ({ cluster, directory: standby.dataDir, slot: SLOT, ...more });
  const slotOf = async () => {
    const asked = { cluster, sql: `select count(*) from pg_replication_slots where slot_name = '${SLOT}'` };
    return (await createBench().run("postgres.query", asked)).number;
  };

  test("a base backup that was broken off is begun again, and one of a damaged copy is never called whole", async () => {
    const canceller = new AbortController();
    const slow = createBench({}, canceller.signal);
    const broken = slow.run("postgres.baseBackup", backup({ maxKiBps: 1024 })).catch((error: unknown) => error);
    while (!existsSync(String(standby.dataDir)) || readdirSync(String(standby.dataDir)).length < 5) await sleep(50);
    canceller.abort(new Error("enough"));
    expect(await broken).toBeInstanceOf(Error);
    // As a runner that was killed leaves it: pg_basebackup had no time to tidy up.
    mkdirSync(String(standby.dataDir), { recursive: true });
    writeFileSync(join(String(standby.dataDir), "half"), "");
    expect(await createBench().inspect("postgres.baseBackup", backup())).toMatchObject({ state: "halfWay" });

    // Somebody may have made it whole by hand since, and started a server on it.
    const lock = join(String(standby.dataDir), "postmaster.pid");
    writeFileSync(lock, "");
    expect((await createBench().fails("postgres.baseBackup", backup())).code).toBe("deviceInUse");
    rmSync(lock);
    const half = openSync(join(String(standby.dataDir), "half"), "r");
    const reader = spawn("sleep", ["600"], { stdio: [half, "ignore", "ignore"] });
    closeSync(half);
    await once(reader, "spawn");
    expect((await createBench().fails("postgres.baseBackup", backup())).code).toBe("deviceInUse");
    reader.kill("SIGKILL");
    await once(reader, "exit");

    const again = createBench();
    const result = await again.run("postgres.baseBackup", backup());
    expect(again.log.join("")).toContain("unfinished base backup");
    expect(result).toMatchObject({ verified: true, slot: SLOT });
    expect(result.size_bytes).toBeGreaterThan(20e6);
    expect(existsSync(join(String(standby.dataDir), "half"))).toBe(false);
    expect(statSync(join(String(standby.dataDir), "PG_VERSION")).uid).toBe(made.cluster.owner.uid);
    expect(again.progress.at(-1)).toMatchObject({ unit: "bytes" });
    expect(again.progress.at(-1)?.done).toBe(again.progress.at(-1)?.total);
    expect(await slotOf()).toBe(1);
    expect(await createBench().inspect("postgres.baseBackup", backup())).toMatchObject({
      state: "done",
      result: { system_identifier: result.system_identifier, files_count: result.files_count },
    });

    expect((await createBench().fails("postgres.baseBackup", backup())).code).toBe("volumeExists");
    const file = join(String(standby.dataDir), "base", "1", "1259");
    const sound = readFileSync(file);
    const damaged = Buffer.from(sound);
    damaged[100] = damaged[100]! ^ 1;
    writeFileSync(file, damaged);
    await expect(createBench().inspect("postgres.baseBackup", backup())).rejects.toMatchObject({ code: "copyDiffers" });
    writeFileSync(file, sound);
  });

  nightlyTest(
    "one that a throttle holds back for longer than the server waits for a sign of life goes on afterwards",
    async () => {
      const client = await connect(made.cluster.port);
      await client.query("alter system set wal_sender_timeout = '1s'");
      await client.query("select pg_reload_conf()");
      const directory = join(room, "standby/held");
      const running = createBench().run("postgres.baseBackup", { cluster, directory, maxKiBps: 8192 });
      const ofCopy = () => processesWith(`--pgdata=${directory}`);
      while (ofCopy().length < 2 || readdirSync(directory).length < 5) await sleep(20);
      const held = ofCopy();
      for (const pid of held) process.kill(pid, "SIGSTOP");
      await sleep(3000);
      for (const pid of held) process.kill(pid, "SIGCONT");
      expect(await running).toMatchObject({ verified: true, slot: "" });
      await client.query("alter system reset wal_sender_timeout");
      await client.query("select pg_reload_conf()");
      await client.end();
    },
  );

  test("nothing of the first server's is ever written, nor a file that is somebody's", async () => {
    const fails = async (more: object) =>
      (await createBench().fails("postgres.standby", { cluster, standby: { ...standby, ...more }, waitMs: 1000 })).code;
    expect(await fails({ port: made.cluster.port })).toBe("argumentsInvalid");
    expect(await fails({ dataDir: made.cluster.dataDirectory })).toBe("argumentsInvalid");
    expect(await fails({ configFile: made.cluster.configFile })).toBe("argumentsInvalid");
    expect(await fails({ configFile: join(String(standby.dataDir), "postgresql.conf") })).toBe("argumentsInvalid");
    const own = join(room, "own.conf");
    writeFileSync(own, "# of the owner\n");
    expect(await fails({ configFile: own })).toBe("volumeExists");
    expect(readFileSync(own, "utf8")).toBe("# of the owner\n");
  });

  test("where pg_hba.conf lets nobody in for replication, the failure says whose it is to mend", async () => {
    const rules = join(dirname(made.cluster.configFile), "pg_hba.conf");
    const before = readFileSync(rules, "utf8");
    const client = await connect(made.cluster.port);
    const reload = () => client.query("select pg_reload_conf()").then(() => sleep(300));
    writeFileSync(rules, before.replace("local replication all trust\n", ""));
    await reload();
    const refused = await createBench().fails("postgres.baseBackup", {
      cluster,
      directory: join(room, "standby/refused"),
    });
    expect(refused).toMatchObject({ code: "notPermitted" });
    expect(refused.detail).toContain("no pg_hba.conf entry for replication");
    writeFileSync(rules, before);
    await reload();
    await client.end();
  });

  test("it follows a cluster that is written to, is refused while that one runs, takes over with every commit, and its slot goes", async () => {
    const writer = await connect(made.cluster.port);
    await writer.query("create table commits (n int primary key)");
    let committed = 0;
    let isWriting = true;
    const writing = (async () => {
      while (isWriting) {
        await writer.query("insert into commits values ($1)", [committed + 1]);
        committed += 1;
      }
    })().catch(() => undefined);
    try {
      const start = { cluster, standby, slot: SLOT, waitMs: 60_000, withinBytes: 65_536 };
      const bench = createBench();
      const followed = await bench.run("postgres.standby", start);
      expect(followed).toMatchObject({ is_following: true });
      expect(followed.behind_bytes).toBeLessThanOrEqual(65_536);
      expect(await createBench().inspect("postgres.standby", start)).toMatchObject({ state: "halfWay" });
      // Once more finds it running, and leaves it alone.
      expect(await createBench().run("postgres.standby", start)).toMatchObject({ is_following: true });
      const ask = (target: object, sql: string) => createBench().run("postgres.query", { cluster: target, sql });
      expect((await ask(standby, "select pg_is_in_recovery()")).value).toBe("true");
      expect(Number((await ask(standby, "select count(*) from commits")).number)).toBeGreaterThan(0);

      const promote = { cluster: standby, formerly: cluster };
      expect(await createBench().fails("postgres.promote", promote)).toMatchObject({ code: "sourceNotAtRest" });
      expect((await createBench().fails("postgres.dropSlot", { cluster, slot: SLOT })).message).toContain(
        "Stop it first",
      );
      expect(await createBench().inspect("postgres.promote", { cluster: standby })).toMatchObject({
        state: "notBegun",
      });

      const atStop = committed;
      expect(atStop).toBeGreaterThan(10);
      await createBench().run("postgres.stop", { cluster, smartMs: 100 });
      isWriting = false;
      await writing;
      // A container's programs can't be run while it is stopped: its control file is read without them, and says the same.
      const [byProgram, byHeader] = await Promise.all(
        [made.cluster.binDirectory, ""].map((binDir) =>
          readControl(made.cluster.dataDirectory, binDir, createBench().context),
        ),
      );
      expect(byHeader).toEqual(byProgram);
      const taken = await createBench().run("postgres.promote", promote);
      expect(taken).toMatchObject({ is_open: true, has_everything: true, timeline: 2 });
      expect((await ask(standby, "select count(*) from commits")).number).toBeGreaterThanOrEqual(committed);
      expect((await ask(standby, "select max(n) - count(*) from commits")).number).toBe(0);
      // After an unknown outcome it is found out from the timeline's own file.
      expect(await createBench().inspect("postgres.promote", promote)).toMatchObject({
        state: "done",
        result: { has_everything: true, timeline: 2 },
      });
      expect(await createBench().fails("postgres.standby", { ...start, waitMs: 1000 })).toMatchObject({
        code: "databaseUnreachable",
      });
      const opened = await connect(standby.port);
      await opened.query("insert into commits values (-1)");
      await opened.end();
    } finally {
      isWriting = false;
      await writer.end().catch(() => undefined);
    }
    await made.start();
    expect(await createBench().run("postgres.dropSlot", { cluster, slot: SLOT })).toMatchObject({ dropped: true });
    expect(await createBench().run("postgres.dropSlot", { cluster, slot: SLOT })).toMatchObject({ dropped: false });
    expect(await slotOf()).toBe(0);
  });
});

/** The processes that have this among their arguments. */
function processesWith(argument: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      if (!Number.isInteger(pid)) return false;
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(argument);
      } catch {
        return false;
      }
    });
}
