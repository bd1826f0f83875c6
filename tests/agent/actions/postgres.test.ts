import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { postgresStopAction } from "../../../agent/actions/postgres/stop.ts";
import type { ActionContext } from "../../../agent/process/actionContext.ts";
import { postgresStop } from "../../../domain/action/postgres.ts";
import { startProxy } from "../../support/proxy.ts";
import { createBench, makeRoom } from "./support/bench.ts";
import type { TestCluster } from "./support/cluster.ts";
import { makeCluster } from "./support/cluster.ts";

const hasPostgres = existsSync("/usr/lib/postgresql/15/bin/initdb");
if (!hasPostgres) console.warn("SKIPPED, the postgres actions: Debian's postgresql-15 is not installed");

const TABLES = "operations; users; snapshots: user_sync_state where snapshot_data is not null";
const bench = () => createBench({ backup: "eight words that nobody keeps for a test of backups" });

describe.skipIf(!hasPostgres)("a real cluster", () => {
  const room = makeRoom();
  let made: TestCluster;
  let cluster: TestCluster["target"];
  let isRunning = false;

  beforeAll(async () => {
    made = await makeCluster(room);
    cluster = made.target;
  });
  beforeEach(async () => {
    const { exitCode } = await bench().context.program({
      file: `${made.cluster.binDirectory}/pg_ctl`,
      args: ["status", "-D", join(made.cluster.configFile, "..")],
      as: made.cluster.owner,
      acceptExitCodes: [0, 3, 4],
    });
    isRunning = exitCode === 0;
    if (!isRunning) await made.start();
  });
  afterAll(async () => {
    await made?.stop().catch(() => undefined);
    rmSync(room, { recursive: true, force: true });
  });

  /** A session of the service's own account, with its password, over TCP. */
  async function session(application = "service"): Promise<pg.Client> {
    const client = new pg.Client({
      host: "127.0.0.1",
      port: made.cluster.port,
      user: made.cluster.user,
      database: made.cluster.database,
      password: readFileSync(made.cluster.passwordPath, "utf8").trim(),
      application_name: application,
    });
    client.on("error", () => undefined);
    await client.connect();
    onTestFinished(() => client.end().catch(() => undefined));
    return client;
  }

  test("postgres.facts tells what it is, how large and where", async () => {
    const facts = await bench().run("postgres.facts", { cluster });
    expect(facts).toMatchObject({
      major: 15,
      data_directory: made.cluster.dataDirectory,
      owner: `${made.cluster.owner.uid}:${made.cluster.owner.gid}`,
      restart_policy: "none",
      tablespaces_outside_count: 0,
      system_identifier: expect.stringMatching(/^\d{15,}$/),
    });
    expect(facts.size_bytes).toBeGreaterThan(Number(facts.database_bytes));
  });

  test("postgres.count changes its digest when one row changes and not when rows lie elsewhere, and its rows when one is lost", async () => {
    const count = () => bench().run("postgres.count", { cluster, tables: TABLES });
    const before = await count();
    expect(Object.keys(before.rows!)).toEqual(["operations", "snapshots", "users"]);
    expect(before.rows_total).toBe(Object.values<number>(before.rows!).reduce((a, b) => a + b));
    const client = await session();
    await client.query("begin; update users set id = id where id = 1; commit");
    expect((await count()).digest).toBe(before.digest);
    await client.query(
      "update operations set payload = payload || '!' where ctid = (select min(ctid) from operations)",
    );
    const changed = await count();
    expect(changed.rows).toEqual(before.rows);
    expect(changed.digest).not.toBe(before.digest);
    await client.query("delete from operations where ctid = (select min(ctid) from operations)");
    expect((await count()).rows_total).toBe(Number(before.rows_total) - 1);
    expect((await bench().run("postgres.count", { cluster, tables: TABLES, contents: false })).digest).toBe("");
  });

  test("postgres.query reads and never writes, and a second statement is refused", async () => {
    const ask = (sql: string, expected?: string) =>
      bench().run("postgres.query", { cluster, sql, ...(expected === undefined ? {} : { expect: expected }) });
    expect(await ask("select 1", "1")).toMatchObject({ ok: true, row_count: 1, number: 1 });
    expect(await ask("select 'two'", "three")).toMatchObject({ ok: false, value: "two", number: 0 });
    for (const sql of ["delete from operations", "select 1; select 2", "rollback; delete from operations", "no such"])
      expect(await bench().fails("postgres.query", { cluster, sql })).toMatchObject({ code: "programFailed" });
  });

  test("traffic.stop lets nobody but us in, ends who stays, and traffic.start puts back the limit that was there", async () => {
    const switchFile = join(room, "maintenance.on");
    const staying = await session("a job that never ends");
    const limit = async () =>
      (
        await bench().run("postgres.query", {
          cluster,
          sql: `select datconnlimit from pg_database where datname = current_database()`,
        })
      ).number;
    await bench().context.program({
      file: `${made.cluster.binDirectory}/psql`,
      args: [
        "-h",
        made.cluster.socketDirectory,
        "-p",
        String(made.cluster.port),
        "-U",
        "postgres",
        "-c",
        "alter database supersync connection limit 40",
        "postgres",
      ],
    });
    const { run, log } = bench();
    const stopped = await run("traffic.stop", { cluster, switchFile, graceMs: 300 });
    expect(stopped).toMatchObject({ switched: true, terminated_count: 1, sessions_left_count: 0 });
    expect(log.join("")).toContain("a job that never ends");
    await expect(staying.query("select 1")).rejects.toThrow();
    await expect(session()).rejects.toThrow(/too many connections/);
    expect(existsSync(switchFile)).toBe(true);
    expect(await run("traffic.prove", { cluster, quietMs: 500 })).toMatchObject({
      quiet: true,
      foreign_sessions_count: 0,
      wal_moved_bytes: 0,
    });
    await run("traffic.stop", { cluster, switchFile, graceMs: 100 });
    expect(await run("traffic.start", { cluster, switchFile })).toMatchObject({ switched: true, is_open: true });
    expect(await limit()).toBe(40);
    expect(existsSync(switchFile)).toBe(false);
    await run("traffic.start", { cluster, switchFile });
    expect(await limit()).toBe(40);
    await session();
    expect(await run("traffic.prove", { cluster, quietMs: 200 })).toMatchObject({
      quiet: false,
      foreign_sessions_count: 1,
    });
  });

  test("postgres.stop is smart with nobody there, fast with a session open, and lists who was", async () => {
    const { run } = bench();
    expect(await run("postgres.stop", { cluster, smartMs: 20_000 })).toMatchObject({
      mode: "smart",
      is_clean: true,
      is_down: true,
      control_state: "shut down",
      sessions_count: 0,
    });
    expect(await run("postgres.stop", { cluster })).toMatchObject({ mode: "alreadyStopped", is_down: true });
    expect(await bench().inspect("postgres.stop", { cluster })).toMatchObject({ state: "done" });
    expect(await run("postgres.start", { cluster })).toMatchObject({ is_ready: true });
    await session("somebody");
    const { run: again, log } = bench();
    expect(await again("postgres.stop", { cluster, smartMs: 1_000 })).toMatchObject({
      mode: "fast",
      is_clean: true,
      is_down: true,
      sessions: [expect.objectContaining({ application: "somebody", user: "supersync" })],
    });
    expect(log.join("")).toContain("Stopping fast");
  });

  test("postgres.stop of a cluster whose volume is closed says that it is down, and never that it is clean", async () => {
    await made.stop();
    const gone = `${made.cluster.dataDirectory}-gone`;
    renameSync(made.cluster.dataDirectory, gone);
    onTestFinished(() => renameSync(gone, made.cluster.dataDirectory));
    expect(await bench().run("postgres.stop", { cluster })).toMatchObject({
      ...{ mode: "alreadyStopped", is_down: true, is_clean: false },
      control_state: `${made.cluster.dataDirectory} is not there`,
    });
  });

  test("postgres.stop says that it was smart after all when the server ends between its patience and the fast stop", async () => {
    const stays = await session("somebody");
    const { context, log } = bench();
    const late: ActionContext = {
      ...context,
      program: async (spec) => {
        if (spec.args.includes("fast")) {
          await stays.end();
          await expect.poll(() => existsSync(join(made.cluster.dataDirectory, "postmaster.pid"))).toBe(false);
        }
        return await context.program(spec);
      },
    };
    expect(await postgresStopAction.run(postgresStop.args.parse({ cluster, smartMs: 1_000 }), late)).toMatchObject({
      mode: "smart",
      is_clean: true,
      is_down: true,
    });
    expect(log.join("")).toContain("ended by itself");
  });

  test("postgres.atRest is true of a stopped cluster only, and not while anybody has a file of it open", async () => {
    const atRest = () => bench().run("postgres.atRest", { cluster });
    expect(await atRest()).toMatchObject({ at_rest: false, server_running: true, control_state: "in production" });
    expect(
      await bench().fails("files.copy", { from: made.cluster.dataDirectory, to: join(room, "no"), cluster }),
    ).toMatchObject({
      code: "sourceNotAtRest",
      message: expect.stringContaining("a server runs on it"),
    });
    await made.stop();
    expect(await atRest()).toMatchObject({ at_rest: true, server_running: false, open_files_count: 0 });
    const held = openSync(join(made.cluster.dataDirectory, "PG_VERSION"), "r");
    const reader = spawn("sleep", ["600"], { stdio: [held, "ignore", "ignore"] });
    closeSync(held);
    await once(reader, "spawn");
    await expect.poll(atRest, { timeout: 10_000 }).toMatchObject({
      at_rest: false,
      open_by: [expect.stringContaining(`sleep (${reader.pid})`)],
    });
    reader.kill("SIGKILL");
    await once(reader, "exit");
    expect(await bench().fails("postgres.atRest", { cluster, directory: room })).toMatchObject({
      code: "deviceMissing",
    });
  });

  test("postgres.pointAt and pointBack move where the next start reads, and a start elsewhere than expected is refused", async () => {
    const directory = join(room, "moved");
    await made.stop();
    mkdirSync(directory);
    await bench().run("files.copy", { from: made.cluster.dataDirectory, to: directory, cluster });
    const { run, fails, inspect } = bench();
    const before = readFileSync(made.cluster.configFile, "utf8");
    expect(await run("postgres.pointAt", { cluster, directory })).toMatchObject({
      was_directory: made.cluster.dataDirectory,
      now_directory: directory,
    });
    expect(await inspect("postgres.pointAt", { cluster, directory })).toMatchObject({ state: "done" });
    expect(await fails("postgres.start", { cluster, expectDirectory: made.cluster.dataDirectory })).toMatchObject({
      code: "expectationFailed",
    });
    expect(await run("postgres.start", { cluster, expectDirectory: directory })).toMatchObject({
      is_ready: true,
      data_directory: directory,
    });
    expect(await run("postgres.query", { cluster, sql: "show data_directory", expect: directory })).toMatchObject({
      ok: true,
    });
    expect(await run("postgres.pointBack", { cluster, directory: made.cluster.dataDirectory })).toMatchObject({
      changed: true,
    });
    expect(readFileSync(made.cluster.configFile, "utf8")).toBe(before);
    // The server still runs on the other directory: a start must not call that a success.
    expect(
      await fails("postgres.start", { cluster, expectDirectory: made.cluster.dataDirectory, waitMs: 5_000 }),
    ).toMatchObject({
      code: expect.stringMatching(/^(expectationFailed|startFailed|portTaken)$/),
    });
    await run("postgres.pointAt", { cluster, directory });
    await run("postgres.stop", { cluster, smartMs: 10_000 });
    await run("postgres.pointBack", { cluster, directory: made.cluster.dataDirectory });
    expect(await run("postgres.pointBack", { cluster, directory: made.cluster.dataDirectory })).toMatchObject({
      changed: false,
    });
    expect(await run("postgres.start", { cluster, expectDirectory: made.cluster.dataDirectory })).toMatchObject({
      is_ready: true,
    });
  });

  test("postgres.pointBack never puts back what an earlier run has kept of another directory", async () => {
    const { run, fails } = bench();
    const { configFile, dataDirectory } = made.cluster;
    const now = readFileSync(configFile, "utf8");
    const stale = `${configFile}.before-slackwater`;
    writeFileSync(stale, "data_directory = '/a year ago'\n");
    expect(await run("postgres.pointBack", { cluster, directory: dataDirectory })).toMatchObject({ changed: false });
    expect(await fails("postgres.pointBack", { cluster, directory: join(room, "elsewhere") })).toMatchObject({
      code: "expectationFailed",
      message: expect.stringContaining("/a year ago"),
    });
    expect(readFileSync(configFile, "utf8")).toBe(now);
    rmSync(stale);
  });

  test("a backup is whole, restores to the rows it was made with, and a damaged one or another passphrase is told", async () => {
    const iterations = 10_000;
    const directory = join(room, "backups");
    const { run, fails } = bench();
    const backup = await run("backup.create", {
      cluster,
      directory,
      label: "test",
      tables: TABLES,
      minBytes: 1000,
      iterations,
    });
    const path = String(backup.path);
    expect(await run("backup.verify", { path, minBytes: 1000, iterations })).toMatchObject({
      is_complete: true,
      sha256: backup.sha256,
    });
    expect(readFileSync(path).includes("PostgreSQL database dump")).toBe(false);
    const restore = { cluster, path, tables: TABLES, iterations };
    expect(await run("backup.restoreTest", { ...restore, expected: backup.rows })).toMatchObject({
      rows_equal: true,
      is_dropped: true,
    });
    expect(await run("backup.restoreTest", { ...restore, expected: { operations: 1 } })).toMatchObject({
      rows_equal: false,
    });
    expect(
      await createBench({ backup: "other words" }).fails("backup.verify", { path, minBytes: 1000, iterations }),
    ).toMatchObject({
      code: "backupUnreadable",
    });
    expect(await fails("backup.verify", { path, minBytes: 1e9, iterations })).toMatchObject({ code: "backupTooSmall" });
    expect(await createBench().fails("backup.verify", { path, minBytes: 1, iterations })).toMatchObject({
      code: "secretMissing",
    });
    await bench().context.program({ file: "truncate", args: ["--size=-40000", "--", path] });
    expect(await fails("backup.verify", { path, minBytes: 1000, iterations })).toMatchObject({
      code: "backupUnreadable",
    });
    expect(await fails("backup.restoreTest", { ...restore, expected: backup.rows })).toMatchObject({
      code: expect.stringMatching(/^backupUnreadable$/),
    });
    expect(
      await run("postgres.query", {
        cluster,
        sql: "select count(*) from pg_database where datname like 'slackwater_%'",
        expect: "0",
      }),
    ).toMatchObject({ ok: true });
    const small = { cluster, directory, label: "small", tables: TABLES, minBytes: 1e9, iterations };
    expect(await fails("backup.create", small)).toMatchObject({ code: "backupTooSmall" });
    const left = await bench().context.program({ file: "ls", args: [directory] });
    expect(left.stdout.toString()).not.toMatch(/small|unfinished/);
  });

  test("postgres.scanLog counts errors since a moment, and calls damage critical and a refused log-in not", async () => {
    const since = Date.now();
    const scan = (more: object = {}) => bench().run("postgres.scanLog", { cluster, since, ...more });
    const client = await session();
    await client.query("select 1/0").catch(() => undefined);
    await expect
      .poll(() => scan(), { timeout: 10_000 })
      .toMatchObject({ ok: true, errors_count: 1, critical_count: 0 });
    expect(await scan({ benign: "division by zero" })).toMatchObject({ errors_count: 0 });
    expect(await scan({ since: Date.now() + 60_000 })).toMatchObject({ errors_count: 0, lines_count: 0 });
  });

  test("a client that goes away in the middle of an answer is no critical line of PostgreSQL's log", async () => {
    const since = Date.now();
    const scan = () => bench().run("postgres.scanLog", { cluster, since });
    const client = await session();
    const asked = client.query("select repeat('x', 50000000) from pg_sleep(0.3)").catch(() => undefined);
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await asked;
    await expect
      .poll(async () => String((await scan()).errors), { timeout: 10_000 })
      .toContain("connection to client lost");
    expect(await scan()).toMatchObject({ ok: true, critical_count: 0 });
  });

  test("a log-in that comes too late is told as late, and is not given up: no lost client in PostgreSQL's log, no session left", async () => {
    const since = Date.now();
    const link = await startProxy({ port: made.cluster.port });
    onTestFinished(() => link.close());
    link.stall();
    const behind = { ...cluster, socketDir: "", port: link.port, passwordFile: made.cluster.superuserPasswordPath };
    const asked = bench().run("postgres.ready", { cluster: behind, waitMs: 1_200 });
    await pause(2_000);
    link.heal();
    const late = expect.stringMatching(/^it answered after [2-9]\.\d s, not within 1\.2 s$/);
    expect(await asked).toMatchObject({ is_ready: false, detail: late });
    expect(link.accepted).toBe(1);
    expect(await bench().run("postgres.scanLog", { cluster, since })).toMatchObject({ errors_count: 0 });
  });
});
