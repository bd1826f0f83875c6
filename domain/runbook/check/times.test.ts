import { expect, test } from "vitest";
import { SAMPLE, sha256 } from "../../../tests/support/sampleRun.ts";
import { compileRunbook } from "../compile.ts";

function problemsOf(runbook: object): string[] {
  const compilation = compileRunbook(JSON.stringify(runbook, null, 1), sha256);
  if (compilation.ok) return [];
  return compilation.problems.filter(({ severity }) => severity === "error").map(({ message }) => message);
}

const [move] = SAMPLE.phases;
const waiting = (wait: object) => ({
  ...SAMPLE,
  triggers: [],
  rollback: { steps: [] },
  phases: [{ ...move, steps: [{ id: "wait", title: "Wait", lasts: "1m", undo: "nothing", wait }] }],
});
const reading = (every: string, over: string) => ({
  ...SAMPLE,
  probes: { app: { ...SAMPLE.probes.app, every, over } },
});

test("a wait that ends before anything can have held for so long is refused", () => {
  const until = "facts.new.rows_count > 0";
  expect(problemsOf(waiting({ until, heldFor: "5m", atMost: "5m" }))).toEqual([
    '"wait" waits 5m at most and can\'t see anything hold for 5m: give it longer.',
  ]);
  expect(problemsOf(waiting({ until, heldFor: "4m", atMost: "5m" }))).toEqual([]);
});

test("a look back sees at least two readings, and no more than are remembered", () => {
  expect(problemsOf(reading("1m", "1m"))).toEqual([
    '"app" looks back 1m and reads every 1m: it would see one reading.',
  ]);
  expect(problemsOf(reading("1s", "2h"))).toEqual(['"app" looks back over more than 3600 readings: read less often.']);
  expect(problemsOf(reading("1s", "1h"))).toEqual([]);
});

test("what a probe comes to over a time is named only where it says which time", () => {
  const share = { ...SAMPLE.triggers[0], expr: "probe.failed_share > 0.05" };
  expect(problemsOf({ ...SAMPLE, triggers: [share] }).join()).toContain("failed_share");
  expect(problemsOf({ ...reading("5s", "5m"), triggers: [share] })).toEqual([]);
});
