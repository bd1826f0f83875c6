import fc from "fast-check";
import { expect, test } from "vitest";
import { readBatchAnswer } from "./batchAnswer.ts";
import { nextBatch, targetOf } from "./nextBatch.ts";

test("the first five hundred rows or five per cent are the fewer of the two", () => {
  const goal = { batchRows: 500, untilRows: 500, untilPercent: 5 };
  expect(nextBatch(goal, { total: 200_000, done: 0, failedBefore: 0 })).toEqual({ kind: "batch", rows: 500 });
  expect(nextBatch(goal, { total: 200_000, done: 500, failedBefore: 0 })).toEqual({ kind: "stop", by: "untilRows" });
  expect(nextBatch(goal, { total: 2_000, done: 0, failedBefore: 0 })).toEqual({ kind: "batch", rows: 100 });
  expect(nextBatch(goal, { total: 2_000, done: 100, failedBefore: 0 })).toEqual({ kind: "stop", by: "untilPercent" });
  expect(nextBatch(goal, { total: 0, done: 0, failedBefore: 0 })).toEqual({ kind: "stop", by: "finished" });
});

test("batches go to the target and never past it, wherever an attempt began", () => {
  const goals = fc.record({
    batchRows: fc.integer({ min: 1, max: 5_000 }),
    untilRows: fc.nat(10_000),
    untilPercent: fc.double({ min: 0, max: 100, noNaN: true }),
  });
  fc.assert(
    fc.property(goals, fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), (goal, total, share) => {
      const began = Math.floor(total * share);
      let done = began;
      for (
        let next = nextBatch(goal, { total, done, failedBefore: 0 });
        next.kind === "batch";
        next = nextBatch(goal, { total, done, failedBefore: 0 })
      ) {
        expect(next.rows).toBeGreaterThan(0);
        expect(next.rows).toBeLessThanOrEqual(goal.batchRows);
        done += next.rows;
      }
      const target = targetOf(goal, total);
      expect(target).toBeLessThanOrEqual(total);
      expect(done).toBe(Math.max(began, target));
      if (goal.untilRows === 0) expect(target).toBeGreaterThanOrEqual((total * goal.untilPercent) / 100 - 1e-6);
    }),
  );
});

test("rows that fail again and again leave room for those that can be done", () => {
  const goal = { batchRows: 100, untilRows: 500, untilPercent: 100 };
  expect(nextBatch(goal, { total: 1_000, done: 490, failedBefore: 3 })).toEqual({ kind: "batch", rows: 13 });
  expect(nextBatch(goal, { total: 1_000, done: 401, failedBefore: 50 })).toEqual({ kind: "batch", rows: 100 });
});

test("a batch tells how many rows it did and how many failed, and one that does not tell is refused", () => {
  const answered = (columns: string[], ...rows: unknown[][]) =>
    readBatchAnswer({ command: "SELECT", rowCount: rows.length, columns, rows });
  expect(answered(["batch_encrypt_appointments"], [500])).toEqual({ done: 500, failed: 0 });
  expect(answered(["failed", "x", "done"], ["2", null, "498"])).toEqual({ done: 498, failed: 2 });
  expect(readBatchAnswer({ command: "UPDATE", rowCount: 7, columns: [], rows: [] })).toEqual({ done: 7, failed: 0 });
  const refused = expect.objectContaining({ code: "argumentsInvalid" });
  for (const answer of [
    () => answered(["a", "b"], [1, 2]),
    () => answered(["a"], [null]),
    () => answered(["a"], [-1]),
    () => answered(["done"], [1], [2]),
    () => answered(["done"]),
  ])
    expect(answer).toThrow(refused);
  for (const command of ["DELETE", "MERGE", "DROP", "COMMIT", "CALL"])
    expect(() => readBatchAnswer({ command, rowCount: 1, columns: [], rows: [] })).toThrow(refused);
});
