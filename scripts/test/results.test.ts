import { expect, test } from "vitest";
import type { TestRecord } from "./results.ts";
import { oneLine, slowest, sumLine, sumOf } from "./results.ts";
import { SUITES } from "./suites.ts";

const record = (title: string, outcome: TestRecord["outcome"], tookMs = 1): TestRecord => ({
  file: "a.test.ts",
  title,
  outcome,
  tookMs,
  because: "",
});

test("the last line counts, and names skipped tests only when there are some", () => {
  const records = [record("a", "passed"), record("b", "passed"), record("c", "failed")];
  expect(sumLine(sumOf(records))).toBe("2 passed, 1 failed");
  expect(sumLine(sumOf([...records, record("d", "skipped")]))).toBe("2 passed, 1 failed, 1 skipped");
});

test("a failure is told on one line, with what stands in the list that should be empty", () => {
  const message =
    'Error: \u001b[2mexpect(\u001b[22mreceived).toEqual([])\n\n- Array []\n+ Array [\n+   "Vera: it failed",\n+ ]';
  expect(oneLine(message)).toBe(
    'Error: expect(received).toEqual([]) | - Array [] | + Array [ | +   "Vera: it failed", | + ]',
  );
  expect(oneLine("x".repeat(5000)).length).toBe(601);
  expect(oneLine(undefined)).toBe("");
});

test("the slowest tests come first", () => {
  const records = [record("quick", "passed", 5), record("slow", "passed", 50), record("middle", "passed", 20)];
  expect(slowest(records, 2).map((one) => one.title)).toEqual(["slow", "middle"]);
});

test.each([
  ["domain/run/decide.test.ts", "unit"],
  ["components/ui/Button.test.tsx", "unit"],
  ["tests/db/migrations.test.ts", "database"],
  ["tests/agent/process/cancel.test.ts", "tools"],
  ["tests/house/testRun.test.ts", "tools"],
  ["tests/guest/luks.test.ts", "guest"],
  ["tests/e2e/journeys/wholeWindow.spec.ts", "runbooks"],
  ["tests/e2e/pages.spec.ts", "browser"],
])("%s is run, in one suite: %s", (path, name) => {
  expect(SUITES.filter((suite) => suite.owns(path)).map((suite) => suite.name)).toEqual([name]);
});

test("all suites together have at most 37 minutes", () => {
  expect(SUITES.reduce((sum, suite) => sum + suite.budgetMinutes, 0)).toBeLessThanOrEqual(37);
});
