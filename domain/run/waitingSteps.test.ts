import { describe, expect, test } from "vitest";
import { ANNA, copied, OPERATOR, person, runOfSteps, SAMPLE } from "../../tests/support/sampleRun.ts";
import { StepId } from "../ids.ts";

const step = (id: string) => StepId.parse(id);
const [move, accept] = SAMPLE.phases;
const [prepare, copy, counted] = move.steps;

describe("manual steps", () => {
  const tryIt = accept.steps[0];
  const confirm = (fields: Record<string, boolean | number | string>) =>
    ({ order: "confirmManual", stepId: step("try-it"), fields }) as const;

  test("a field of the wrong kind, a missing one and one that nobody asked for are refused beside the form", () => {
    const run = runOfSteps(tryIt);
    for (const fields of [{ works: "yes" }, {}, { works: true, also: 1 }]) {
      expect(run.order(confirm(fields as never))).toMatchObject({ because: "fieldInvalid" });
    }
    expect(run.state.steps[step("try-it")]?.stage).toBe("waiting");
  });

  test("an honest 'no' is taken and fails the step", () => {
    const run = runOfSteps(tryIt);
    expect(run.order(confirm({ works: false })).accepted).toBe(true);
    expect(run.state.steps[step("try-it")]).toMatchObject({ stage: "failed", fields: { works: false } });
    expect(run.state.hold).toMatchObject({ stepId: "try-it" });
  });

  test("only those whom the runbook names confirm", () => {
    const run = runOfSteps({ ...tryIt, manual: { ...tryIt.manual, by: ["holders"] } });
    expect(run.order(confirm({ works: true }), OPERATOR)).toMatchObject({ because: "notAllowed" });
    expect(run.order(confirm({ works: true }), person("h", ["support"], ["holders"])).accepted).toBe(true);
    expect(run.state.outcome).toBe("completed");
  });
});

describe("waiting", () => {
  const until = { until: "facts.team.is_ready && facts.new.rows_count > 0", atMost: "5m", check: "10s" };
  const wait = { id: "wait", title: "Wait", lasts: "1m", wait: until };

  test("a wait ends as soon as its expression holds", () => {
    const run = runOfSteps(wait);
    run.pass(10_000);
    expect(run.state.steps[step("wait")]?.stage).toBe("waiting");
    const source = { kind: "person", userId: ANNA.userId, reason: "" } as const;
    const fact = { name: "new.rows_count" as never, value: 3, measuredAt: run.now, source };
    run.report({ report: "factsMeasured", facts: [fact] });
    expect(run.state.outcome).toBe("completed");
  });

  test("a wait that takes longer than allowed has failed", () => {
    const run = runOfSteps(wait);
    run.pass(5 * 60_000);
    expect(run.state.steps[step("wait")]).toMatchObject({ stage: "failed", failure: { code: "timedOut" } });
  });

  test("a wait for something to last begins anew with each break, and ends when it has lasted", () => {
    const held = { until: "facts.new.rows_count > 0", heldFor: "1m", atMost: "10m", check: "10s" };
    const run = runOfSteps({ ...wait, wait: held });
    run.measured("new.rows_count", 3);
    expect(run.state.steps[step("wait")]).toMatchObject({ stage: "waiting", holdsSince: run.now });
    run.pass(59_000);
    run.measured("new.rows_count", 0);
    expect(run.state.steps[step("wait")]).not.toHaveProperty("holdsSince");
    run.pass(30_000);
    run.measured("new.rows_count", 4);
    run.pass(59_999);
    expect(run.state.steps[step("wait")]?.stage).toBe("waiting");
    run.pass(1);
    expect(run.state.outcome).toBe("completed");
  });

  test("what holds too late to last long enough has not come", () => {
    const held = { until: "facts.new.rows_count > 0", heldFor: "3m", atMost: "5m", check: "10s" };
    const run = runOfSteps({ ...wait, wait: held });
    run.pass(4 * 60_000);
    run.measured("new.rows_count", 3);
    run.pass(60_000);
    expect(run.state.steps[step("wait")]).toMatchObject({ stage: "failed", failure: { code: "timedOut" } });
  });

  test("a wait by itself needs no more than one timer at a time", () => {
    const run = runOfSteps(wait);
    for (let second = 0; second < 60; second += 1) run.pass(1000);
    expect(Object.keys(run.state.timers)).toHaveLength(1);
  });
});

describe("gates that open by criteria", () => {
  test("refuse when a criterion fails, and lead where the runbook says", () => {
    const run = runOfSteps(prepare, { ...copy, needs: [] }, { ...counted, gate: { ...counted.gate, onNoGo: "hold" } });
    run.succeed("prepare");
    run.succeed("copy", copied(0, 0));
    expect(run.state.gates).toMatchObject({ counted: { stage: "refused", refusedBy: "criteria" } });
    expect(run.state.hold).toMatchObject({ cause: "noGo", stepId: "counted" });
    run.order({ order: "retry", stepId: step("counted") });
    expect(run.state.steps[step("counted")]).toMatchObject({ stage: "failed", attempt: 2 });
  });

  test("ask people instead of rolling back where a criterion can't be judged", () => {
    const gate = { ...counted.gate, criteria: [{ id: "some", title: "Rows", expr: "facts.new.rows_count >= 1" }] };
    const run = runOfSteps(prepare, { ...counted, gate });
    run.succeed("prepare");
    expect(run.state.hold).toMatchObject({ cause: "noGo", stepId: "counted" });
  });
});
