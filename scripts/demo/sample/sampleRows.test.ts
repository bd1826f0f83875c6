import { expect, test } from "vitest";
import { rowsFor } from "./sampleRows.ts";

test("a sample of 300 MB has some hundred thousand operations, and a fifth of its users no snapshot", () => {
  const rows = rowsFor(300e6);
  expect(rows.operations).toBeGreaterThan(200_000);
  expect(rows.users).toBe(Math.round(rows.snapshots * 1.25));
});

test("the smallest sample still has both accounts that are signed in with", () => {
  expect(rowsFor(1).users).toBeGreaterThanOrEqual(2);
});
