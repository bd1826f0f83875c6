import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { thisMachine } from "../machine.ts";
import { keepNightlyResult, nightlyResult } from "./nightlyResult.ts";
import type { TestRecord } from "./results.ts";

const record = (title: string, outcome: TestRecord["outcome"], tookMs: number, because = ""): TestRecord => ({
  file: "tests/guest/a.test.ts",
  title,
  outcome,
  tookMs,
  because,
});

test("what is kept of a nightly run says what failed, what was skipped and why, on what and when", () => {
  const root = mkdtempSync(join(tmpdir(), "slackwater-nightly-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const records = [
    record("copies", "passed", 61_000),
    record("goes back", "failed", 9_400, "3 writes are missing"),
    record("needs kvm", "skipped", 0, "there is none"),
  ];
  const machine = thisMachine();
  const run = { at: new Date("2026-11-29T20:00:00Z"), commit: "abc1234", machine, tookMs: 71_600 };
  const file = keepNightlyResult(root, nightlyResult("guest", records, run));
  expect(file).toBe("tests/nightly/guest.json");
  expect(JSON.parse(readFileSync(join(root, file), "utf8"))).toEqual({
    suite: "guest",
    at: "2026-11-29T20:00:00.000Z",
    commit: "abc1234",
    machine,
    tookS: 72,
    passed: 1,
    failed: 1,
    skipped: 1,
    failures: [{ test: "tests/guest/a.test.ts: goes back", because: "3 writes are missing" }],
    skips: [{ test: "tests/guest/a.test.ts: needs kvm", because: "there is none" }],
    slowest: [
      { test: "tests/guest/a.test.ts: copies", tookS: 61 },
      { test: "tests/guest/a.test.ts: goes back", tookS: 9 },
      { test: "tests/guest/a.test.ts: needs kvm", tookS: 0 },
    ],
  });
});
