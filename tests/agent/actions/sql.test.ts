import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from "vitest";
import { Failure } from "../../../domain/failure.ts";
import type { TestDatabase } from "../../support/database.ts";
import { createTestDatabase } from "../../support/database.ts";
import { withDatabase } from "../../support/embeddedServer.ts";
import { LonelyAgent } from "../process/support/lonelyAgent.ts";
import { createBench, makeRoom } from "./support/bench.ts";

const ROWS = 1000;

/**
 * A table whose rows get a second column in batches, as seed 1 encrypts: ids that are divisible by `spoilt.every` fail, one by
 * one, and are written down.
 */
const SCHEMA = `
  drop table if exists appointments, spoilt cascade;
  create table appointments (id int primary key, email text, sealed text, note text);
  create table spoilt (every int not null);
  insert into spoilt values (0);
  insert into appointments select i, case when i <= ${ROWS} then 'user' || i || '@example.org' end from generate_series(1, ${ROWS + 50}) i;
  create or replace function seal_batch(most int, early text[] default '{}') returns table (done int, failed int) language plpgsql as $$
  declare r record; begin
    done := 0; failed := 0;
    for r in select id, email from appointments where email is not null and sealed is null
      order by id::text = any(early) desc, id limit most for update skip locked loop
      begin
        if (select every > 0 and r.id % every = 0 from spoilt) then raise 'spoilt'; end if;
        update appointments set sealed = md5(r.email) where id = r.id;
        done := done + 1;
      exception when raise_exception then failed := failed + 1; end;
    end loop;
    return next;
  end $$;
  create or replace function seal_new() returns trigger language plpgsql as $$
  begin new.sealed := md5(new.email); return new; end $$;
  create trigger seal_appointment before insert on appointments for each row execute function seal_new();
  alter table appointments disable trigger seal_appointment;
`;

const room = makeRoom();
let database: TestDatabase;
let address: string;
let cluster: Readonly<Record<string, unknown>>;
let admin: pg.Client;
const batch = (more: object = {}) => ({
  cluster,
  statement: "select * from seal_batch($1)",
  total: "select count(*) from appointments where email is not null",
  remaining: "select count(*) from appointments where email is not null and sealed is null",
  batchRows: 100,
  ...more,
});

beforeAll(async () => {
  database = await createTestDatabase();
  address = withDatabase(inject("databaseAdminUrl"), database.name);
  const { username, password, port } = new URL(address);
  const passwordFile = join(room, "password");
  writeFileSync(passwordFile, `${decodeURIComponent(password)}\n`);
  // Nothing here looks at the cluster's files: these actions only talk to it.
  const files = { binDir: "/nowhere", dataDir: "/nowhere", configFile: "/nowhere/postgresql.conf", osUser: "nobody" };
  const user = decodeURIComponent(username);
  cluster = { kind: "plain", ...files, port: Number(port), database: database.name, user, passwordFile };
  admin = await connect();
});
beforeEach(() => admin.query(SCHEMA));
afterAll(async () => {
  await admin?.end();
  await database?.drop();
  rmSync(room, { recursive: true, force: true });
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: address, application_name: "a person" });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** A session that holds a lock, until its test lets go or ends. */
async function holding(lock: string): Promise<pg.Client> {
  const client = await connect();
  onTestFinished(() => client.end().catch(() => undefined));
  await client.query("begin");
  await client.query(lock);
  return client;
}

const number = async (sql: string) => Number((await admin.query<{ n: string }>(sql)).rows[0]?.n);
const sealed = () => number("select count(*) as n from appointments where sealed is not null");
const sessions = () =>
  number(
    "select count(*) as n from pg_stat_activity where datname = current_database() and application_name like 'slackwater-agent%'",
  );

test("a roll-out goes to the nearer of a count and a share, tells how far it is, and the next attempt goes on from there", async () => {
  const { run, progress } = createBench();
  const first = await run("sql.batch", batch({ untilRows: "150", untilPercent: "25" }));
  expect(first).toMatchObject({
    total_count: ROWS,
    done_count: 150,
    remaining_count: ROWS - 150,
    done_percent: 15,
    tried_count: 150,
    succeeded_count: 150,
    failed_percent: 0,
    batches_count: 2,
    stopped_by: "untilRows",
    blocked_ms: 0,
  });
  expect(progress.at(-1)).toMatchObject({ done: 150, total: 150, unit: "rows" });
  expect(progress.map(({ done }) => done)).toEqual([0, 100, 150]);
  expect(await run("sql.batch", batch({ untilRows: 150 }))).toMatchObject({ tried_count: 0, done_count: 150 });
  expect(await run("sql.batch", batch({ untilPercent: 20.05 }))).toMatchObject({
    done_before_count: 150,
    done_count: 201,
    stopped_by: "untilPercent",
  });
  expect(await createBench().inspect("sql.batch", batch())).toEqual({
    state: "halfWay",
    found: `201 of ${ROWS} rows are done.`,
  });
  // Rows with nothing to seal don't keep it from a hundred per cent.
  expect(await run("sql.batch", batch({ batchRows: 500 }))).toMatchObject({
    done_percent: 100,
    stopped_by: "finished",
  });
  expect(await sessions()).toBe(0);
});

test("chosen rows go first, and it is told how many of them are done", async () => {
  const { run } = createBench();
  const first = {
    statement: "select * from seal_batch($1, $2)",
    first: "990, 991,992",
    firstDone: "select count(*) from appointments where id::text = any($1) and sealed is not null",
    untilRows: 5,
  };
  expect(await run("sql.batch", batch(first))).toMatchObject({ done_count: 5, first_count: 3, first_done_count: 3 });
  const { rows } = await admin.query<{ id: number }>(
    "select id from appointments where sealed is not null order by id",
  );
  expect(rows.map(({ id }) => id)).toEqual([1, 2, 990, 991, 992]);
  const plain = {
    statement: `update appointments set sealed = 'x' where id in
        (select id from appointments where email is not null and sealed is null order by id desc limit $1)`,
    untilRows: 10,
  };
  expect(await run("sql.batch", batch(plain))).toMatchObject({ succeeded_count: 5, done_count: 10 });
});

test("too many failed rows stop it, a few don't, and rows that no batch can do don't make it run for ever", async () => {
  await admin.query("update spoilt set every = 50");
  const { run, fails } = createBench();
  expect(await fails("sql.batch", batch())).toMatchObject({
    code: "expectationFailed",
    message: expect.stringContaining("2 of 100 rows failed: 2.00 %, and at most 1 % may. Stopped after 1 batches"),
  });
  expect(await sealed()).toBe(98);
  expect(await run("sql.batch", batch({ untilPercent: 50, maxFailedPercent: 25 }))).toMatchObject({
    done_count: 500,
  });
  const stuck = { maxFailedPercent: 100, lockWaitMs: 100 };
  expect(await fails("sql.batch", batch(stuck))).toMatchObject({
    code: "expectationFailed",
    message: expect.stringContaining("20 rows remain, and 3 batches one after another did none"),
  });
  expect(await sealed()).toBe(980);
});

test("a batch waits briefly for a lock and tries again, says who holds it, and gives up naming him", async () => {
  const holder = await holding("lock table appointments in share mode");
  const { rows } = await holder.query<{ pid: number }>("select pg_backend_pid() as pid");
  const who = `session ${rows[0]?.pid} of ${cluster.user} (a person, idle in transaction)`;
  const { run, log, fails } = createBench();
  const locked = { untilRows: 100, lockWaitMs: 400 };
  expect(await fails("sql.batch", batch({ ...locked, lockTries: 2 }))).toMatchObject({
    code: "timedOut",
    message: expect.stringContaining(`tried 2 times: a lock was not free in time. Last seen to hold it: ${who}`),
  });
  const going = run("sql.batch", batch(locked));
  await expect.poll(() => log.join("\n"), { timeout: 10_000 }).toContain("Try 1 of 30");
  await holder.query("rollback");
  const result = await going;
  expect(result).toMatchObject({ done_count: 100, blocked_by: [who] });
  expect(Number(result.retries_count)).toBeGreaterThan(0);
  expect(Number(result.blocked_ms)).toBeGreaterThan(100);
  expect(log.join("\n")).toContain(`Waiting for a lock that ${who} holds.`);
});

test("what is no batch, is two statements, or does not say how many rows it did is refused, and changes nothing", async () => {
  const { fails } = createBench();
  const set = "update appointments set note = 'x'";
  for (const statement of [
    `${set} where id = $1; select 1`,
    "delete from appointments where id <= $1",
    "select id, email from appointments limit $1",
    "select 1",
    "commit",
  ])
    expect([statement, (await fails("sql.batch", batch({ statement }))).code]).toEqual([statement, "argumentsInvalid"]);
  for (const total of ["select 1; select 2", "select email from appointments", "select count(*) - 2 from spoilt"])
    expect(await fails("sql.batch", batch({ total }))).toMatchObject({ code: "argumentsInvalid" });
  expect(
    await fails("sql.batch", batch({ total: `with x as (${set} returning 1) select count(*) from x` })),
  ).toMatchObject({
    code: "programFailed",
    message: expect.stringContaining("read-only"),
  });
  expect(await number("select count(*) as n from appointments")).toBe(ROWS + 50);
  expect(await number("select count(*) as n from appointments where note = 'x' or sealed is not null")).toBe(0);
});

test("a batch that is cancelled in the middle stops at once in the database too, and what was committed stays", async () => {
  const slow =
    "select * from seal_batch($1) where pg_sleep(case when (select count(*) from appointments where sealed is not null) >= 100 then 60 else 0 end) is not null";
  const stopping = new AbortController();
  const { fails } = createBench({}, stopping.signal);
  const ended = fails("sql.batch", batch({ statement: slow }));
  await expect.poll(sealed, { timeout: 10_000 }).toBe(100);
  await pause(300);
  stopping.abort(new Failure("cancelled", "The task was cancelled."));
  expect(await ended).toMatchObject({ code: "cancelled", message: "The task was cancelled." });
  await expect.poll(sessions, { timeout: 5_000 }).toBe(0);
  expect(await sealed()).toBe(100);
});

test("sql.cancel ends batches that work and batches that rest, only those of its label, and proves that none is left", async () => {
  const { fails, run } = createBench();
  const slow = { statement: "select 1 as done from pg_sleep(60) where $1 > 0" };
  const working = fails("sql.batch", batch({ ...slow, label: "bulk" }));
  const stopping = new AbortController();
  const resting = createBench({}, stopping.signal).fails("sql.batch", batch({ batchRows: 1, pauseMs: 60_000 }));
  await expect.poll(sealed, { timeout: 10_000 }).toBe(1);
  await expect
    .poll(
      () =>
        number(
          "select count(*) as n from pg_stat_activity where application_name = 'slackwater-agent/batch:bulk' and state = 'active'",
        ),
      { timeout: 10_000 },
    )
    .toBe(1);
  expect(await run("sql.cancel", { cluster, label: "other" })).toMatchObject({ sessions_count: 0, left_count: 0 });
  expect(await run("sql.cancel", { cluster, label: "bulk" })).toMatchObject({
    sessions: [expect.objectContaining({ application: "slackwater-agent/batch:bulk", state: "active" })],
    cancelled_count: 1,
    terminated_count: 0,
    left_count: 0,
  });
  expect(await working).toMatchObject({ code: "cancelled" });
  expect(await run("sql.cancel", { cluster })).toMatchObject({
    cancelled_count: 0,
    terminated_count: 1,
    left_count: 0,
  });
  await expect.poll(sessions, { timeout: 5_000 }).toBeLessThanOrEqual(1);
  expect(await sealed()).toBe(1);
  stopping.abort(new Failure("cancelled", "The task was cancelled."));
  expect(await resting).toMatchObject({ code: "cancelled" });
});

test("a canary is seen with what its trigger made of it, by nobody else, and is never left", async () => {
  const { run, fails } = createBench();
  const canary = {
    cluster,
    insert: "insert into appointments (id, email, note) values (-1, 'canary@example.org', $1) returning id",
    check: "select sealed is not null as encrypted, email is not null as readable from appointments where note = $1",
    find: "select count(*) from appointments where note = $1",
  };
  expect(await run("sql.canary", canary)).toMatchObject({
    ok: false,
    checks: { encrypted: false, readable: true },
    failed: ["encrypted"],
    inserted_count: 1,
    left_count: 0,
  });
  await admin.query("alter table appointments enable trigger seal_appointment");
  expect(await run("sql.canary", canary)).toMatchObject({ ok: true, failed: [], left_count: 0 });
  expect(await number("select count(*) as n from appointments where id < 0")).toBe(0);
  expect(await fails("sql.canary", { ...canary, insert: "delete from appointments where note = $1" })).toMatchObject({
    code: "argumentsInvalid",
  });
  expect(
    await fails("sql.canary", { ...canary, check: "select note from appointments where note = $1" }),
  ).toMatchObject({
    code: "argumentsInvalid",
  });
  await admin.query("insert into appointments (id, note) values (-2, 'slackwater-canary')");
  expect(await fails("sql.canary", canary)).toMatchObject({ code: "expectationFailed" });
  expect(await number("select count(*) as n from appointments where id < 0")).toBe(1);
});

test("a canary finds out what would only fail at the commit", async () => {
  await admin.query(`drop table if exists marks; create table marks (mark text primary key);
      alter table appointments add constraint marked foreign key (note) references marks deferrable initially deferred`);
  const canary = {
    cluster,
    insert: "insert into appointments (id, note) values (-1, $1)",
    check: "select true as there from appointments where note = $1",
    find: "select count(*) from appointments where note = $1",
  };
  expect(await createBench().fails("sql.canary", canary)).toMatchObject({
    code: "programFailed",
    message: expect.stringContaining("foreign key"),
  });
  expect(await number("select count(*) as n from appointments where id < 0")).toBe(0);
});

test("sql.trigger switches a trigger and tells how it was, waits for its lock, and names one that is not there", async () => {
  const { run, fails, undo, inspect } = createBench();
  const to = (state: string) => ({ cluster, table: "public.appointments", trigger: "seal_appointment", state });
  expect(await run("sql.trigger", to("always"))).toMatchObject({ was: "disabled", now: "always", changed: true });
  expect(undo).toEqual([
    {
      kind: "triggerSwitched",
      facts: { table: "public.appointments", trigger: "seal_appointment", was: "disabled" },
    },
  ]);
  expect(await run("sql.trigger", to("always"))).toMatchObject({ was: "always", changed: false });
  expect(await inspect("sql.trigger", to("always"))).toMatchObject({ state: "halfWay" });
  expect(await inspect("sql.trigger", to("enabled"))).toEqual({ state: "notBegun" });
  const writer = await holding("insert into appointments (id) values (-3)");
  expect(await fails("sql.trigger", { ...to("disabled"), lockWaitMs: 300, lockTries: 2 })).toMatchObject({
    code: "timedOut",
    message: expect.stringContaining("(a person, idle in transaction)"),
  });
  const waiting = run("sql.trigger", { ...to("enabled"), lockWaitMs: 300 });
  await pause(600);
  await writer.query("rollback");
  expect(await waiting).toMatchObject({
    was: "always",
    now: "enabled",
    blocked_by: [expect.stringContaining("a person")],
  });
  for (const more of [{ trigger: 'x"; drop table appointments; --' }, { table: "nothing" }])
    expect(await fails("sql.trigger", { ...to("enabled"), ...more })).toMatchObject({ code: "expectationFailed" });
});

test("sql.assert holds one row against what must be true of it, and says what is not", async () => {
  const { run } = createBench();
  const sql = `select count(*) as total, count(email) as with_email, count(*) filter (where sealed is null) as bare,
      round(100.0 * count(email) / count(*), 2) as share, bool_and(id > 0) as positive, max(note) as worst from appointments`;
  const ask = (expected: string, text = sql) => run("sql.assert", { cluster, sql: text, expect: expected });
  const good = "total = bare; with_email < total; share >= 95.23; positive = true; worst is null";
  expect(await ask(good)).toMatchObject({
    ok: true,
    failed: [],
    assertions_count: 5,
    row: { total: "1050", share: "95.24" },
  });
  expect(await ask("bare = 0; total = with_email")).toMatchObject({
    ok: false,
    failed: ["bare = 1050, not = 0", "total = 1050, not = with_email = 1000"],
    failed_count: 2,
  });
  expect(await ask("id > 0", "select id from appointments")).toMatchObject({ ok: false, row_count: 2 });
  expect(await ask("id > 0", "select id from appointments where false")).toMatchObject({
    ok: false,
    failed: ["there is no row"],
  });
});

test("sql.assert takes one statement that writes nothing", async () => {
  const { fails } = createBench();
  const code = async (sql: string) => (await fails("sql.assert", { cluster, sql, expect: "x = 1" })).code;
  expect(await code("select 1 as x; delete from appointments")).toBe("argumentsInvalid");
  for (const sql of [
    "delete from appointments returning 1 as x",
    "with gone as (delete from appointments returning 1) select count(*) as x from gone",
    "select seal_batch(5) as x",
    "commit",
  ])
    expect(await code(sql)).toBe("programFailed");
  expect(await number("select count(*) as n from appointments where sealed is null")).toBe(ROWS + 50);
});

test("a batch whose runner is killed ends in the database within seconds, and the next attempt does the rest and no row twice", async () => {
  const agent = await new LonelyAgent({ performModule: resolve("agent/actions/perform.ts") }).up();
  onTestFinished(async () => {
    await agent.clear();
  });
  const hangs =
    "select f.* from seal_batch($1) f, pg_sleep(case when (select count(*) from appointments where sealed is not null) >= 100 then 60 else 0 end)";
  const taskId = await agent.order("sql.batch", batch({ statement: hangs }), { step: "roll-out" });
  await expect.poll(sealed, { timeout: 20_000 }).toBe(100);
  await expect
    .poll(() =>
      number(
        "select count(*) as n from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep(case%' and pid <> pg_backend_pid()",
      ),
    )
    .toBe(1);
  process.kill(JSON.parse(readFileSync(agent.paths(taskId).runner, "utf8")).process.pid, "SIGKILL");
  await expect.poll(sessions, { timeout: 10_000 }).toBe(0);
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "unknown" });
  const next = await agent.order("sql.batch", batch(), { step: "roll-out", attempt: 2, inspectFirst: true });
  expect(await agent.ended(next)).toMatchObject({
    outcome: "succeeded",
    result: { done_before_count: 100, succeeded_count: ROWS - 100, done_count: ROWS },
  });
  expect(await agent.text(next, "note")).toContain(`half done. 100 of ${ROWS} rows are done.`);
});
