import { describe, expect, test } from "vitest";
import { SampleRun } from "../../tests/support/sampleRun.ts";
import type { FactName } from "../fact/fact.ts";
import { StepId, UserId } from "../ids.ts";
import { Instant } from "../time.ts";
import type { RunEvent } from "./events.ts";
import type { Placed } from "./evolve.ts";
import { evolve, fold } from "./evolve.ts";
import { IllegalTransition } from "./illegalTransition.ts";

const stepId = StepId.parse("prepare");

/** What the run would be if this event stood next in its log. */
function next(run: SampleRun, event: RunEvent) {
  return evolve(run.state, { seq: run.state.seq + 1, at: run.now, event });
}

describe("a log that was changed is never carried on", () => {
  test("a gap, a repetition and a wrong beginning are found", () => {
    const run = new SampleRun().start();
    expect(() => fold(run.log.toSpliced(5, 1))).toThrow("event 7: number 6 was expected");
    expect(() => fold([...run.log, ...run.log.slice(-1)])).toThrow(IllegalTransition);
    expect(() => fold(run.log.slice(1))).toThrow("a run begins with runCreated");
    expect(fold([])).toBeUndefined();
  });

  test.each<[string, RunEvent]>([
    ["a second beginning", { type: "runStarted", by: UserId.parse("x") }],
    ["a step that ends as done while its task is under way", { type: "stepDone", stepId }],
    [
      "the second beginning of a running step",
      { type: "stepBegan", stepId, section: "forward", kind: "task", attempt: 2 },
    ],
    [
      "a rollback step while the run goes forward",
      { type: "stepBegan", stepId: StepId.parse("copy-back"), section: "rollback", kind: "task", attempt: 1 },
    ],
    ["an end as rolled back without a rollback", { type: "runEnded", outcome: "rolledBack" }],
    ["a timer that was never set", { type: "timerFired", timerId: "t" }],
    ["a reason for a rollback that never began", { type: "rollbackReasonGiven", reason: "x", by: UserId.parse("x") }],
    [
      "a sign-off before the end",
      { type: "completionSigned", by: UserId.parse("x"), allVerified: true, inProduction: true, issues: "" },
    ],
  ])("%s is refused", (_what, event) => {
    expect(() => next(new SampleRun().start(), event)).toThrow(IllegalTransition);
  });

  test("an ended run takes nothing but what adds to its record", () => {
    const run = new SampleRun();
    run.order({ order: "abandon", reason: "No." });
    expect(() => next(run, { type: "approvalAsked", by: UserId.parse("x") })).toThrow("after the end of the run");
    expect(next(run, { type: "noteWritten", by: UserId.parse("x"), text: "Later." }).notes).toHaveLength(1);
  });
});

describe("facts", () => {
  const fact = (value: number, at: number) =>
    ({
      type: "factsMeasured",
      facts: [
        {
          name: "dir.size_bytes" as FactName,
          value,
          measuredAt: Instant.parse(at),
          source: { kind: "person", userId: UserId.parse("x"), reason: "" },
        },
      ],
    }) satisfies RunEvent;

  test("a fact that was measured earlier never replaces one measured later, however late it comes", () => {
    const run = new SampleRun();
    const newer = next(run, fact(2, 2000));
    const both = evolve(newer, { seq: newer.seq + 1, at: run.now, event: fact(1, 1000) });
    expect(both.facts).toMatchObject({ "dir.size_bytes": { value: 2 } });
  });
});

describe("a long log", () => {
  test("ten thousand events of many attempts fold in well under a second", () => {
    const run = new SampleRun();
    const log: Placed[] = [...run.log];
    const push = (event: RunEvent): void => {
      log.push({ seq: log.length + 1, at: run.now, event });
    };
    const measure = StepId.parse("measure-host");
    let attempt = 0;
    while (log.length < 10_000) {
      attempt += 1;
      const taskId = `${run.state.runId}.measure-host.${attempt}` as never;
      push({ type: "stepBegan", stepId: measure, section: "checklist", kind: "task", attempt });
      push({
        type: "taskOrdered",
        stepId: measure,
        taskId,
        hostId: "h" as never,
        action: "host.facts",
        arguments: {},
        inspectFirst: false,
      });
      push({ type: "taskEnded", taskId, report: { outcome: "succeeded", result: { cores: attempt }, ...run.times() } });
      push({ type: "stepDone", stepId: measure });
      push({ type: "noteWritten", text: "A note.", by: UserId.parse("x") });
    }
    // Of the processor, not of the clock: what else this machine does is not counted.
    const before = process.cpuUsage();
    const folded = fold(log);
    const tookMs = process.cpuUsage(before).user / 1000;
    expect(folded?.seq).toBe(log.length);
    expect(Object.keys(folded?.tasks ?? {})).toHaveLength(1);
    expect(tookMs).toBeLessThan(500);
  });
});
