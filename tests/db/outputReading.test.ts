import { expect, test } from "vitest";
import { StepId, taskIdOf } from "../../domain/ids.ts";
import { storeGap, storePiece } from "../../server/db/outputPieces.ts";
import { readOutput, streamOutput } from "../../server/runs/output.ts";
import { useTestDatabase } from "../support/database.ts";
import { makeRun } from "../support/runRows.ts";

const database = useTestDatabase();

/** A task whose output was stored in parts; a number stands for so many bytes that the host lost. */
async function taskWithOutput(...parts: (Buffer | number)[]) {
  const { pool } = database.db;
  const { runId, hostId } = await makeRun(pool);
  const taskId = taskIdOf(runId, StepId.parse("copy"), 1);
  await pool.query(`insert into task (task_id, run_id, step_id, host_id, "order") values ($1, $2, 'copy', $3, '{}')`, [
    taskId,
    runId,
    hostId,
  ]);
  let offset = 0;
  for (const part of parts) {
    if (typeof part === "number") await storeGap(pool, taskId, offset, part);
    else await storePiece(pool, taskId, { offset, bytes: part, at: 1 });
    offset += typeof part === "number" ? part : part.length;
  }
  return {
    read: (from: number, limit: number) => readOutput(database.db, runId, taskId, from, limit),
    stream: () => streamOutput(database.db, runId, taskId),
  };
}

const letters = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => 97 + (index % 26)));

test("the tail of an output that came fast is there: a read that begins deep inside a large piece finds it", async () => {
  const whole = letters(500_000);
  const task = await taskWithOutput(whole);
  const tail = await task.read(-1000, 256 * 1024);
  expect(tail).toMatchObject({ offset: 499_000, endOffset: 500_000, totalBytes: 500_000 });
  expect(tail.bytes.equals(whole.subarray(499_000))).toBe(true);
  const middle = await task.read(300_000, 1000);
  expect(middle.bytes.equals(whole.subarray(300_000, 301_000))).toBe(true);
});

test("a reader gets past bytes that the host lost, and is told how many", async () => {
  const task = await taskWithOutput(Buffer.from("before"), 1000, Buffer.from("after"), 50);
  const all = await task.read(0, 256 * 1024);
  expect(all.endOffset).toBe(1061);
  expect(all.bytes.toString()).toMatch(/^before\n\[slackwater: 1000 bytes .*\]\nafter\n\[slackwater: 50 bytes .*\]\n$/);
  expect(await task.read(6, 10)).toMatchObject({ offset: 6, endOffset: 16 });
  expect((await task.read(2000, 10)).endOffset).toBe(2000);
});

test("an output is saved whole, however long it is", async () => {
  const whole = letters(3_000_000);
  const task = await taskWithOutput(...[0, 1, 2].map((n) => whole.subarray(n * 1_000_000, (n + 1) * 1_000_000)));
  const saved = Buffer.from(await new Response(task.stream()).arrayBuffer());
  expect(saved.equals(whole)).toBe(true);
});
