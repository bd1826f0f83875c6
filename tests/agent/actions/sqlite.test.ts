import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createBench, makeRoom } from "./support/bench.ts";

const hasSqlite = spawnSync("sqlite3", ["--version"]).status === 0;
if (!hasSqlite) console.warn("SKIPPED, the sqlite actions: Debian's sqlite3 is not installed");
const isRoot = process.getuid?.() === 0;

const SCHEMA = `
  pragma foreign_keys = off;
  create table jobs (id integer primary key, payload text);
  create table job_history (id integer primary key, job_id integer references jobs (id));
  create table app_state (key text primary key, value text);
  create table "odd ""name""; drop" ("a ""column" text);
  insert into jobs (payload) select hex(randomblob(100)) from generate_series(1, 200);
  insert into job_history (job_id) select id from jobs;
  insert into app_state values ('version', '2.4.1'), ('nothing', null);
  insert into "odd ""name""; drop" values ('x');
`;

describe.skipIf(!hasSqlite)("a real SQLite database", () => {
  let room: string;
  let db: string;
  let backups: string;
  beforeEach(() => {
    room = makeRoom();
    // A path with everything in it that a shell, an address or SQL would take for something else.
    mkdirSync(join(room, `it's "the" data\\?mode=rw#50%`));
    db = join(room, `it's "the" data\\?mode=rw#50%`, "hyper ü.db");
    backups = join(room, "backups");
    sql(db, `pragma journal_mode = wal; ${SCHEMA}`);
  });
  afterEach(() => rmSync(room, { recursive: true, force: true }));

  const sql = (path: string, text: string) =>
    execFileSync("sqlite3", ["-bail", path], {
      input: text,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    }).trim();
  const digest = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
  const backUp = () => createBench().run("sqlite.backup", { path: db, directory: backups, label: "hyper" });
  const restore = (more: object = {}) => ({ path: db, keepIn: backups, ...more });

  /** A service that has the database open, and does what it is told. Ends with the test. */
  async function service(begin: string): Promise<ChildProcess> {
    const child = spawn("sqlite3", [db], { stdio: ["pipe", "pipe", "ignore"] });
    onTestFinished(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    });
    child.stdin?.write(`${begin}\nselect 'ready';\n`);
    for await (const piece of child.stdout ?? []) if (String(piece).includes("ready")) break;
    return child;
  }

  test("a backup of a database in use holds every committed row, is proven sound, and is root's alone", async () => {
    await service("pragma wal_autocheckpoint = 0; insert into jobs (payload) values ('only in the log');");
    expect(statSync(`${db}-wal`).size).toBeGreaterThan(0);
    const before = digest(db);
    const made = await backUp();
    expect(made).toMatchObject({ tables_count: 4, sha256: digest(String(made.path)) });
    expect(made.path).toMatch(/\/backups\/hyper-\d{8}T\d{9}Z\.db$/);
    expect(made.source_bytes).toBe(statSync(db).size + statSync(`${db}-wal`).size);
    expect(statSync(String(made.path))).toMatchObject({ size: made.size_bytes });
    expect(statSync(String(made.path)).mode & 0o777).toBe(0o600);
    expect(readdirSync(backups)).toHaveLength(1);
    expect(digest(db)).toBe(before);
    expect(sql(String(made.path), "select count(*) from jobs where payload = 'only in the log'")).toBe("1");
  });

  test("a backup ends although another process writes without pause", async () => {
    sql(db, "insert into jobs (payload) select hex(randomblob(500)) from generate_series(1, 20000)");
    const writer = spawn(
      "sh",
      ["-c", `while :; do echo "insert into jobs (payload) values ('more');"; sleep 0.001; done | sqlite3 "$0"`, db],
      { stdio: "ignore", detached: true },
    );
    const { pid } = writer;
    if (pid === undefined) throw new Error("no writer");
    onTestFinished(async () => {
      process.kill(-pid, "SIGKILL");
      await once(writer, "exit");
    });
    await expect.poll(() => sql(db, "select count(*) > 20210 from jobs"), { timeout: 10_000 }).toBe("1");
    const made = await backUp();
    const held = Number(sql(String(made.path), "select count(*) from jobs"));
    expect(held).toBeGreaterThan(20_210);
    await expect.poll(() => Number(sql(db, "select count(*) from jobs")), { timeout: 10_000 }).toBeGreaterThan(held);
  });

  test("a database that stays locked, one that is none and one that is not there are told apart, and nothing is left", async () => {
    const { fails } = createBench();
    const args = { directory: backups, label: "hyper", busyMs: 200 };
    sql(db, "pragma journal_mode = delete");
    const holder = await service("begin exclusive;");
    expect(await fails("sqlite.backup", { path: db, ...args })).toMatchObject({ code: "timedOut" });
    holder.kill("SIGKILL");
    const text = join(room, "notes.txt");
    writeFileSync(text, "this is no database at all, although it is long enough to be looked at\n".repeat(20));
    expect(await fails("sqlite.backup", { path: text, ...args })).toMatchObject({ code: "databaseDamaged" });
    for (const path of [join(room, "none.db"), room])
      expect(await fails("sqlite.backup", { path, ...args })).toMatchObject({ code: "deviceMissing" });
    expect(readdirSync(backups)).toEqual([]);
  });

  test("the newest backup is number one, and none or a number beyond the last is refused", async () => {
    const { run, fails } = createBench();
    mkdirSync(backups);
    const choose = { directory: backups, label: "hyper" };
    expect(await fails("sqlite.backups", choose)).toMatchObject({ code: "deviceMissing" });
    const old = await backUp();
    utimesSync(String(old.path), 1000, 1000);
    const made = await backUp();
    symlinkSync("/etc/passwd", join(backups, "hyper-linked.db"));
    expect(await run("sqlite.backups", choose)).toMatchObject({
      path: made.path,
      sha256: made.sha256,
      backups_count: 2,
    });
    expect(await run("sqlite.backups", { ...choose, number: "2" })).toMatchObject({ path: old.path });
    expect(await fails("sqlite.backups", { ...choose, number: 3 })).toMatchObject({ code: "argumentsInvalid" });
  });

  test("a restore puts the backup in place with the old owner and mode, and keeps what was there, its log included", async () => {
    const { path: from, sha256 } = await backUp();
    const worker = await service("pragma wal_autocheckpoint = 0; insert into jobs (payload) values ('since');");
    worker.kill("SIGKILL");
    await once(worker, "exit");
    expect(statSync(`${db}-wal`).size).toBeGreaterThan(0);
    if (isRoot) chownSync(db, 12_345, 54_321);
    chmodSync(db, 0o640);
    const { run, inspect, undo } = createBench();
    const args = restore({ from, sha256, tables: "jobs" });
    expect(await inspect("sqlite.restore", args)).toEqual({ state: "notBegun" });
    const done = await run("sqlite.restore", args);
    expect(done).toMatchObject({ from_sha256: sha256, sha256, rows: { jobs: 200 }, mode: "0640" });
    if (isRoot) expect(done).toMatchObject({ owner: "12345:54321" });
    expect(statSync(db).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(db, ".."))).toEqual(["hyper ü.db"]);
    expect(done.kept).toMatch(/\/pre-restore-hyper ü-\d{8}T\d{9}Z\.db$/);
    expect(undo).toEqual([{ kind: "sqliteRestored", facts: { path: db, kept: done.kept } }]);
    expect(await inspect("sqlite.restore", args)).toMatchObject({ state: "done", result: { kept: done.kept } });

    // And back: the kept state still has the log of a service that was killed.
    const back = await run("sqlite.restore", restore({ from: done.kept, tables: ["jobs"] }));
    expect(back).toMatchObject({ rows: { jobs: 201 } });
    expect(sql(db, "pragma journal_mode; pragma integrity_check")).toBe("wal\nok");
  });

  test("a restore is refused while anybody has the database open, by whatever name, and changes nothing", async () => {
    const { path: from } = await backUp();
    const before = digest(db);
    const { fails } = createBench();
    const holder = await service("select 1;");
    const refused = { code: "sourceNotAtRest", message: expect.stringContaining(`sqlite3 (${holder.pid})`) };
    expect(await fails("sqlite.restore", restore({ from }))).toMatchObject(refused);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    const alias = join(room, "alias.db");
    execFileSync("ln", ["--", db, alias]);
    const descriptor = openSync(alias, "r");
    const other = spawn("sleep", ["600"], { stdio: [descriptor, "ignore", "ignore"] });
    onTestFinished(() => void other.kill("SIGKILL"));
    await once(other, "spawn");
    expect(await fails("sqlite.restore", restore({ from }))).toMatchObject({
      code: "sourceNotAtRest",
      message: expect.stringContaining(`(${other.pid})`),
    });
    expect(digest(db)).toBe(before);
    expect(readdirSync(backups)).toHaveLength(1);
  });

  test("a backup that is damaged, empty, another than the chosen one or without a table that must be there is refused", async () => {
    const { path, sha256 } = await backUp();
    const before = digest(db);
    const { fails } = createBench();
    const damaged = join(backups, "hyper-damaged.db");
    copyFileSync(String(path), damaged);
    const file = openSync(damaged, "r+");
    writeSync(file, Buffer.alloc(6000, 0x5a), 0, 6000, 8192);
    writeFileSync(join(backups, "hyper-empty.db"), "");
    for (const from of [damaged, join(backups, "hyper-empty.db")])
      expect(await fails("sqlite.restore", restore({ from }))).toMatchObject({ code: "backupUnreadable" });
    const other = { from: path, sha256: "0".repeat(64) };
    expect(await fails("sqlite.restore", restore(other))).toMatchObject({
      code: "expectationFailed",
      message: expect.stringContaining(String(sha256)),
    });
    expect(await fails("sqlite.restore", restore({ from: path, tables: "jobs; sessions" }))).toMatchObject({
      code: "expectationFailed",
      message: expect.stringContaining("sessions"),
    });
    expect(digest(db)).toBe(before);
    expect(readdirSync(join(db, "..")).filter((name) => name.includes("slackwater"))).toEqual([]);
    expect(readdirSync(backups).filter((name) => name.startsWith("pre-restore"))).toEqual([]);
  });

  test("a database that is damaged or gone can be restored: what is there of it is kept as it is", async () => {
    const { path: from } = await backUp();
    writeFileSync(db, "damaged beyond what SQLite can read".repeat(100));
    const spoilt = digest(db);
    const { run } = createBench();
    const done = await run("sqlite.restore", restore({ from }));
    expect(done).toMatchObject({ kept_sha256: spoilt });
    expect(digest(String(done.kept))).toBe(spoilt);
    rmSync(db);
    expect(await run("sqlite.restore", restore({ from, owner: isRoot ? "7:8" : "" }))).toMatchObject({
      kept: "",
      mode: "0600",
      ...(isRoot ? { owner: "7:8" } : {}),
    });
    expect(sql(db, "select count(*) from jobs")).toBe("200");
  });

  test("sqlite.integrity counts rows, finds orphans and reads values in a sound database", async () => {
    const { run } = createBench();
    sql(db, "insert into job_history (job_id) values (9991), (9992), (null)");
    const odd = 'odd "name"; drop';
    const args = {
      path: db,
      tables: ["jobs", "JOB_HISTORY", odd],
      references: "job_history.job_id -> jobs.id",
      values: "version: app_state.value where key = version; none: app_state.value where key = nothing",
    };
    expect(await run("sqlite.integrity", args)).toMatchObject({
      ok: false,
      is_sound: true,
      tables_count: 4,
      rows: { jobs: 200, JOB_HISTORY: 203, [odd]: 1 },
      violations: { "job_history -> jobs": 2 },
      orphans: { "job_history.job_id": 2 },
      orphans_count: 2,
      values: { version: "2.4.1" },
    });
    sql(db, "delete from job_history where job_id > 9990");
    expect(await run("sqlite.integrity", args)).toMatchObject({ ok: true, problems_count: 0, orphans_count: 0 });
    const quoted = [{ child: odd, column: 'a "column', parent: "jobs", key: "payload" }];
    expect(await run("sqlite.integrity", { path: db, references: quoted })).toMatchObject({ orphans_count: 1 });
  });

  test("sqlite.integrity fails for what is not there, and calls damage a result", async () => {
    const { run, fails } = createBench();
    const missing = await fails("sqlite.integrity", { path: db, tables: "jobs; users", references: "a.b -> jobs.id" });
    expect(missing).toMatchObject({ code: "expectationFailed", message: expect.stringMatching(/users, a\. /) });
    expect(await fails("sqlite.integrity", { path: db, references: "jobs.nope -> jobs.id" })).toMatchObject({
      code: "expectationFailed",
    });
    expect(await fails("sqlite.integrity", { path: join(room, "none.db") })).toMatchObject({ code: "deviceMissing" });
    const { path } = await backUp();
    const file = openSync(String(path), "r+");
    writeSync(file, Buffer.alloc(6000, 0x5a), 0, 6000, 8192);
    const damaged = await run("sqlite.integrity", { path, tables: "jobs" });
    expect(damaged).toMatchObject({ ok: false, is_sound: false, rows: {} });
    expect(Number(damaged.problems_count)).toBeGreaterThan(0);
    writeFileSync(db, "no database".repeat(100));
    expect(await run("sqlite.integrity", { path: db })).toMatchObject({
      is_sound: false,
      problems: [expect.stringContaining("not a database")],
    });
  });

  test("a database of another encoding is read all the same, and what its schema does by itself reaches no file", async () => {
    const other = join(room, "utf16.db");
    const stolen = join(room, "stolen");
    sql(
      other,
      `pragma encoding = 'UTF-16le'; create table "größe" ("schlüssel" text, wert text); insert into "größe" values ('ä', 'ö€');
       create view jobs as select writefile('${stolen}', 'x');`,
    );
    const args = { path: other, tables: ["größe"], values: "wert: größe.wert where schlüssel = ä" };
    expect(await createBench().run("sqlite.integrity", args)).toMatchObject({ ok: true, values: { wert: "ö€" } });
    expect(await createBench().fails("sqlite.integrity", { path: other, tables: "jobs" })).toMatchObject({
      code: "expectationFailed",
    });
    expect(existsSync(stolen)).toBe(false);
  });

  test("a transaction that a killed program left half done is told, and the service's next start mends it", async () => {
    sql(db, "pragma journal_mode = delete");
    const worker = await service(
      "pragma cache_size = 1; begin; insert into jobs (payload) select hex(randomblob(900)) from generate_series(1, 500);",
    );
    worker.kill("SIGKILL");
    await once(worker, "exit");
    expect(statSync(`${db}-journal`).size).toBeGreaterThan(0);
    const args = { path: db, directory: backups, label: "hyper" };
    expect(await createBench().fails("sqlite.backup", args)).toMatchObject({
      code: "sourceNotAtRest",
      message: expect.stringContaining("rolled back"),
    });
    sql(db, "select count(*) from jobs");
    expect(await createBench().run("sqlite.backup", args)).toMatchObject({ tables_count: 4 });
  });
});
