import { randomUUID } from "node:crypto";
import pg from "pg";
import { expect, test } from "vitest";
import { StepId, TaskId, taskIdOf } from "../../domain/ids.ts";
import { EMPTY_HEAD } from "../../domain/run/chain.ts";
import { Instant } from "../../domain/time.ts";
import type { Append } from "../../server/db/eventLog.ts";
import { append, LogDamaged, readEvents } from "../../server/db/eventLog.ts";
import { unansweredInputs, writeOrder, writeReport } from "../../server/db/inputs.ts";
import { takeLeases } from "../../server/db/lease.ts";
import { createLogReader } from "../../server/db/logReader.ts";
import { useTestDatabase } from "../support/database.ts";
import { makeRun, note } from "../support/runRows.ts";

const database = useTestDatabase();
const at = Instant.parse(1_700_000_000_000);

/** A run whose lease is ours, ready to be written to. */
async function writableRun() {
  const { pool } = database.db;
  const run = await makeRun(pool);
  const lease = (await takeLeases(pool, `owner-${randomUUID()}`, 60_000)).find((held) => held.runId === run.runId);
  if (!lease) throw new Error("the new run was not leased");
  const base: Append = { runId: run.runId, after: lease.head, fence: lease.fence, events: [], at, stage: "preparing" };
  return { ...run, base };
}

test("several events are appended in one statement, in order, and read back as they were", async () => {
  const { pool } = database.db;
  const { base, runId } = await writableRun();
  const events = [note("one"), note("two \u{1f512} \\ \" ' \n"), note("three")];
  const head = await append(pool, { ...base, events, stage: "deciding" });
  if (head === "stale") throw new Error("stale");
  expect(head.seq).toBe(4);
  const read = await readEvents(pool, runId);
  expect(read.map((logged) => logged.event).slice(1)).toEqual(events);
  expect(read.at(-1)?.hash).toBe(head.hash);
  const { rows } = await pool.query("select head_seq, head_hash, stage from run where id = $1", [runId]);
  expect(rows[0]).toEqual({ head_seq: 4, head_hash: head.hash, stage: "deciding" });
  expect(await readEvents(pool, runId, head)).toEqual([]);
});

test("a log that was read is not read again: only what is new, and that has to continue it", async () => {
  const { pool } = database.db;
  const { base, runId } = await writableRun();
  const logs = createLogReader(pool);
  const before = await logs.read(runId);
  expect(before).toHaveLength(1);
  await append(pool, { ...base, events: [note("one"), note("two")] });
  const [after, again] = await Promise.all([logs.read(runId), logs.read(runId)]);
  expect(after).toEqual(await readEvents(pool, runId));
  expect(after[0]).toBe(before[0]);
  expect(again).toBe(after);
});

test("a writer that did not see the newest event writes nothing and is told so", async () => {
  const { pool } = database.db;
  const { base, runId } = await writableRun();
  const first = await append(pool, { ...base, events: [note("first")] });
  expect(first).not.toBe("stale");
  expect(await append(pool, { ...base, events: [note("too late")] })).toBe("stale");
  expect(await readEvents(pool, runId)).toHaveLength(2);
});

test("a process that lost its lease can't write any more, although it saw the newest event", async () => {
  const { pool } = database.db;
  const { base, runId } = await writableRun();
  await pool.query("update run set leased_until = clock_timestamp() - interval '1 second' where id = $1", [runId]);
  const taken = (await takeLeases(pool, "successor", 60_000)).find((held) => held.runId === runId);
  expect(taken?.fence).toBe(base.fence + 1n);
  expect(await append(pool, { ...base, events: [note("zombie")] })).toBe("stale");
  expect(await append(pool, { ...base, fence: taken!.fence, events: [note("heir")] })).not.toBe("stale");
});

test("ten writers with the same lease at once: one event each time, no gap, no double", async () => {
  const { pool } = database.db;
  const { base, runId } = await writableRun();
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, index) => append(pool, { ...base, events: [note(`writer ${index}`)] })),
  );
  expect(results.filter((result) => result !== "stale")).toHaveLength(1);
  expect(await readEvents(pool, runId)).toHaveLength(2);
});

test("what an event causes is written with it or not at all", async () => {
  const { pool } = database.db;
  const { base, runId, hostId } = await writableRun();
  const actor = { userId: "u1", role: "operator", groups: [] };
  const inputId = await writeOrder(pool, { runId, order: { order: "start" }, actor });
  const taskId = taskIdOf(runId, StepId.parse("copy"), 1);
  const order = { taskId, action: "files.copy", arguments: { from: "/a" }, inspectFirst: false, withinMs: 1000 };
  const effects = {
    answers: [{ inputId, answer: { accepted: true as const, seq: 2 } }],
    tasks: [{ stepId: StepId.parse("copy"), hostId, order }],
  };
  expect(await append(pool, { ...base, after: EMPTY_HEAD, events: [note("stale")], effects })).toBe("stale");
  expect(await unansweredInputs(pool, runId)).toHaveLength(1);
  expect((await pool.query("select 1 from task where run_id = $1", [runId])).rowCount).toBe(0);

  const head = await append(pool, { ...base, events: [note("order")], effects });
  if (head === "stale") throw new Error("stale");
  expect(await unansweredInputs(pool, runId)).toEqual([]);
  const { rows } = await pool.query(`select "order", settled_at, output_bytes from task where task_id = $1`, [taskId]);
  expect(rows).toEqual([{ order, settled_at: null, output_bytes: "0" }]);

  await append(pool, { ...base, after: head, events: [note("cancel")], effects: { cancels: [TaskId.parse(taskId)] } });
  const cancelled = await pool.query("select cancel_asked_at from task where task_id = $1", [taskId]);
  expect(cancelled.rows[0].cancel_asked_at).toBeInstanceOf(Date);
});

test("a failure beside the events takes the events back", async () => {
  const { pool } = database.db;
  const { base, runId } = await writableRun();
  const alsoInTransaction = async (client: pg.PoolClient) => {
    await client.query("select 1 / 0");
  };
  await expect(append(pool, { ...base, events: [note("never")], alsoInTransaction })).rejects.toThrow(
    "division by zero",
  );
  expect(await readEvents(pool, runId)).toHaveLength(1);
});

test("Slackwater's own role can't change, delete or truncate events, nor take the guard away", async () => {
  const { pool } = database.db;
  const { runId } = await writableRun();
  for (const statement of [
    `update run_event set payload = '{}' where run_id = '${runId}'`,
    `delete from run_event where run_id = '${runId}'`,
    "truncate run_event",
    "alter table run_event disable trigger all",
    "drop table run_event",
  ]) {
    await expect(pool.query(statement), statement).rejects.toMatchObject({ code: "42501" });
  }
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await expect(owner.query(`delete from run_event where run_id = '${runId}'`)).rejects.toThrow("append-only");
  await owner.end();
  expect(await readEvents(pool, runId)).toHaveLength(1);
});

test("a log that was changed behind our back is not read", async () => {
  const { pool } = database.db;
  const { base, runId } = await writableRun();
  await append(pool, { ...base, events: [note("true"), note("after")] });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query("begin; alter table run_event disable trigger append_only");
  await owner.query(`update run_event set payload = replace(payload, 'true', 'fake') where run_id = $1 and seq = 2`, [
    runId,
  ]);
  await owner.query("alter table run_event enable trigger append_only; commit");
  await owner.end();
  await expect(readEvents(pool, runId)).rejects.toThrow(LogDamaged);
  await expect(readEvents(pool, runId)).rejects.toThrow("event 2: hash");
});

test("a report that is repeated is written once; texts that PostgreSQL can't keep are made harmless", async () => {
  const { pool } = database.db;
  const { runId } = await writableRun();
  const report = { report: "timerFired", timerId: "a\0b\ud800" } as const;
  expect(await writeReport(pool, { runId, report, dedupeKey: `${runId} timer` })).toBe(true);
  expect(await writeReport(pool, { runId, report, dedupeKey: `${runId} timer` })).toBe(false);
  expect(await unansweredInputs(pool, runId)).toEqual([
    { id: expect.any(String), kind: "report", report: { report: "timerFired", timerId: "a\ufffdb\ufffd" } },
  ]);
});

test("an input that nobody understands is handed on as such and blocks nothing behind it", async () => {
  const { pool } = database.db;
  const { runId } = await writableRun();
  await pool.query(`insert into run_input (run_id, kind, payload) values ($1, 'report', '{"report":"newer"}')`, [
    runId,
  ]);
  await writeReport(pool, { runId, report: { report: "wake" } });
  expect(await unansweredInputs(pool, runId)).toMatchObject([{ kind: "unreadable" }, { kind: "report" }]);
});
