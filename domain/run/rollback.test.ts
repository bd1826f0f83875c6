import { describe, expect, test } from "vitest";
import { ANNA, compileSample, copied, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import type { FactName } from "../fact/fact.ts";
import { StepId } from "../ids.ts";
import { lossLeft, lossNow } from "./rollbackPlan.ts";

const step = (id: string) => StepId.parse(id);
const rollBack = { order: "rollBack", reason: "" } as const;

/** The sample run with the copy done and the manual step waiting. */
function tryingIt(): SampleRun {
  const run = new SampleRun().start();
  run.succeed("prepare");
  run.succeed("copy");
  return run;
}

describe("ordered by a person", () => {
  test("a running task is cancelled first; the rollback begins when the host says that it is over", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.order(rollBack);
    expect(run.state.rollbackOrdered).toMatchObject({ cause: "ordered", by: "operator" });
    expect(run.state.tasks[run.taskOf("copy")]?.stage).toBe("cancelOrdered");
    run.pass(60_000);
    expect(run.state.stage).toBe("running");
    run.cancelled("copy");
    expect(run.state).toMatchObject({ stage: "rollingBack", rollback: { steps: ["copy-back"] } });
    run.succeed("copy-back");
    expect(run.state).toMatchObject({ stage: "ended", outcome: "rolledBack" });
  });

  test("a task that succeeds before its cancel arrives is judged, and the rollback begins all the same", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.order(rollBack);
    run.succeed("copy");
    expect(run.state.steps[step("copy")]?.stage).toBe("done");
    expect(run.state.stage).toBe("rollingBack");
    expect(run.state.steps[step("try-it")]).toBeUndefined();
  });

  test("a cancelled task of which nobody knows the end does not stop a rollback that was ordered", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.order(rollBack);
    run.unknown("copy");
    expect(run.state).toMatchObject({ stage: "rollingBack", rollback: { steps: ["copy-back"] } });
  });

  test("is refused while nothing has begun that it would undo", () => {
    const run = new SampleRun().start();
    expect(run.order(rollBack)).toMatchObject({ because: "nothingToRollBack" });
    const early = new SampleRun().approve();
    expect(early.order(rollBack)).toMatchObject({ because: "wrongStage" });
  });

  test("a second order is told that it was ordered, before and after it began", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.order(rollBack);
    expect(run.order(rollBack)).toMatchObject({ because: "alreadyOrdered" });
    run.cancelled("copy");
    expect(run.order(rollBack)).toMatchObject({ because: "alreadyOrdered" });
  });

  test("a hold calls off a rollback that waits for the task's end", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.order(rollBack);
    run.order({ order: "hold", reason: "No, wait." });
    run.cancelled("copy");
    expect(run.state.stage).toBe("held");
    expect(run.state.rollback).toBeUndefined();
  });

  test("its reason may follow, once", () => {
    const run = tryingIt();
    run.order(rollBack);
    const reason = { order: "giveRollbackReason", reason: "Wrong night." } as const;
    expect(run.order(reason).accepted).toBe(true);
    expect(run.order(reason)).toMatchObject({ because: "alreadyOrdered" });
    expect(run.state.rollback?.reason).toBe("Wrong night.");
  });

  test("it undoes exactly what began, in the runbook's order, and withdraws what people were asked", () => {
    const run = tryingIt();
    run.order(rollBack);
    expect(run.state.steps[step("try-it")]?.stage).toBe("cancelled");
    expect(run.state.rollback?.steps).toEqual(["copy-back", "tell-team"]);
    run.succeed("copy-back");
    run.order({ order: "confirmManual", stepId: step("tell-team"), fields: {} });
    expect(run.state.outcome).toBe("rolledBack");
  });

  test("a task that its host refused did not begin: there is nothing of it to undo", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    const failure = { code: "notAuthorised", message: "No." } as const;
    run.report({ report: "taskRefused", taskId: run.taskOf("copy"), failure });
    expect(run.order(rollBack)).toMatchObject({ because: "nothingToRollBack" });
  });

  test("an asking gate is closed: nobody signs any more", () => {
    const run = tryingIt();
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    run.order(rollBack);
    expect(run.state.gates).toMatchObject({ keep: { stage: "closed" } });
    expect(run.decide(ANNA, "GO", "keep")).toMatchObject({ because: "notAsked" });
  });
});

describe("by itself", () => {
  test("a step that must not fail rolls back when its retries are used up", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy", copied(9, 10));
    expect(run.state.stage).toBe("running");
    run.pass(30_000);
    run.succeed("copy", copied(9, 10));
    expect(run.state).toMatchObject({ stage: "rollingBack", rollback: { cause: "stepFailed" } });
  });

  test("a gate whose criterion fails rolls back", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy", copied(0, 0));
    expect(run.state).toMatchObject({ stage: "rollingBack", rollback: { cause: "gate" } });
  });

  test("NO-GO at a gate rolls back where the runbook says so", () => {
    const run = tryingIt();
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    run.decide(ANNA, "NO-GO", "keep");
    expect(run.state).toMatchObject({ stage: "rollingBack", rollback: { cause: "gate" } });
  });

  test("a gate that nobody decides in time leads where NO-GO leads", () => {
    const run = tryingIt();
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    run.pass(30 * 60_000);
    expect(run.state.gates).toMatchObject({ keep: { stage: "refused", refusedBy: "expired" } });
    expect(run.state.stage).toBe("rollingBack");
  });

  const rows = (run: SampleRun, value: number) => {
    const source = { kind: "person", userId: ANNA.userId, reason: "" } as const;
    const fact = { name: "new.rows_count" as FactName, value, measuredAt: run.now, source };
    run.report({ report: "factsMeasured", facts: [fact] });
  };

  test("where something would be lost it holds and asks; a person may then roll back", () => {
    const run = tryingIt();
    rows(run, 214);
    run.order({ order: "confirmManual", stepId: step("try-it"), fields: { works: true } });
    run.decide(ANNA, "NO-GO", "keep");
    expect(run.state.hold).toMatchObject({ cause: "noGo" });
    expect(run.state.hold?.detail).toContain("lose something (Rows written on the new side)");
    expect(run.order(rollBack).accepted).toBe(true);
    expect(run.state.stage).toBe("rollingBack");
  });

  test("where the runbook says so it goes back by itself all the same, whether it is known what it loses or not", () => {
    for (const expr of ["facts.new.rows_count", "has(facts.new.rows_count) ? facts.new.rows_count : 7"]) {
      const loses = { title: "Rows", expr, automatic: "rollback" };
      const run = new SampleRun(compileSample({ ...SAMPLE, rollback: { ...SAMPLE.rollback, loses } })).start();
      run.succeed("prepare");
      run.succeed("copy", copied(0, 0));
      expect(run.state.stage).toBe("rollingBack");
    }
  });

  test("what is lost is told with the moment of its newest, and after the rollback by what was counted last", () => {
    const facts = { ...SAMPLE.facts, "new.newest_at": { type: "instant", title: "Newest", freshFor: "10s" } };
    const expr = '{"rows": has(facts.new.rows_count) ? facts.new.rows_count : 0}';
    const loses = { title: "Rows", expr, newest: "facts.new.newest_at" };
    const run = new SampleRun(compileSample({ ...SAMPLE, facts, rollback: { ...SAMPLE.rollback, loses } })).start();
    run.succeed("prepare");
    run.measured("new.rows_count", 500);
    expect(lossNow(run.plan, run.state, run.now)).toEqual({ kind: "something", title: "Rows", value: { rows: 500 } });
    run.measured("new.newest_at", run.now - 1000);
    const known = { kind: "something", title: "Rows", value: { rows: 500 }, newestAt: run.now - 1000 };
    expect(lossNow(run.plan, run.state, run.now)).toEqual(known);
    run.order(rollBack);
    run.measured("new.rows_count", 503);
    expect(lossLeft(run.plan, run.state, run.now)).toEqual({ ...known, value: { rows: 503 } });
  });

  test("where nobody can tell what would be lost it holds and asks", () => {
    const loses = { title: "Rows", expr: "facts.new.rows_count" };
    const run = new SampleRun(compileSample({ ...SAMPLE, rollback: { ...SAMPLE.rollback, loses } })).start();
    run.succeed("prepare");
    run.succeed("copy", copied(0, 0));
    expect(run.state.hold?.detail).toContain("it is not known whether");
  });
});

describe("that does not go well", () => {
  test("a failed rollback step holds loudly and can be tried again", () => {
    const run = tryingIt();
    run.order(rollBack);
    run.fail("copy-back");
    expect(run.state.hold).toMatchObject({ cause: "rollbackFailed", during: "rollback", stepId: "copy-back" });
    expect(run.order({ order: "retry", stepId: step("copy") })).toMatchObject({ because: "wrongStage" });
    run.order({ order: "retry", stepId: step("copy-back") });
    expect(run.state).toMatchObject({ stage: "rollingBack" });
    run.succeed("copy-back");
    expect(run.state.steps[step("tell-team")]?.stage).toBe("waiting");
  });

  test("a rollback can be held and resumed, and goes on backward", () => {
    const run = tryingIt();
    run.order(rollBack);
    run.order({ order: "hold", reason: "Look first." });
    run.succeed("copy-back");
    expect(run.state.steps[step("tell-team")]).toBeUndefined();
    run.order({ order: "resume" });
    expect(run.state).toMatchObject({ stage: "rollingBack" });
    expect(run.state.steps[step("tell-team")]?.stage).toBe("waiting");
    expect(run.state.steps[step("keep")]).toBeUndefined();
  });
});
