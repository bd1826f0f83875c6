import { describe, expect, test } from "vitest";
import { ANNA, compileSample, copied, OPERATOR, runOfSteps, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import { StepId } from "../ids.ts";
import { readRunbook } from "../runbook/read.ts";

const id = (name: string) => StepId.parse(name);
const [prepare] = SAMPLE.phases[0].steps;
const copying = (name: string, more: object = {}) => ({ ...prepare, undo: "nothing", ...more, id: name, title: name });
const beside = (...parallel: readonly object[]) => ({ id: "both", title: "Both sides", parallel });
const branch = (title: string, steps: readonly object[], onFailure = "hold") => ({ title, onFailure, steps });
const last = copying("last");
const stagesOf = (run: ReturnType<typeof runOfSteps>, ...names: readonly string[]) =>
  names.map((name) => run.state.steps[id(name)]?.stage ?? "planned");

/** The sample run of two branches, of two steps and of one, with a step behind them. */
function twoBranches(onFailure = "hold", more: { left?: object; right?: object } = {}) {
  const left = branch("Left", [copying("left-1", more.left), copying("left-2")], onFailure);
  const right = branch("Right", [copying("right", more.right)], onFailure);
  return runOfSteps(beside(left, right), last);
}

describe("branches", () => {
  test("go on beside each other, each step after the one before it, and what comes next waits for all of them", () => {
    const run = twoBranches();
    expect(stagesOf(run, "left-1", "left-2", "right", "last")).toEqual(["running", "planned", "running", "planned"]);
    run.succeed("left-1", copied());
    expect(stagesOf(run, "left-1", "left-2", "right", "last")).toEqual(["done", "running", "running", "planned"]);
    run.succeed("left-2", copied());
    expect(stagesOf(run, "right", "last")).toEqual(["running", "planned"]);
    run.succeed("right", copied());
    expect(stagesOf(run, "last")).toEqual(["running"]);
  });

  test("that fail hold the run: nothing new begins, what runs goes on, and the run goes on where it was", () => {
    const run = twoBranches();
    run.fail("right");
    expect(run.state.hold).toMatchObject({ cause: "stepFailed", stepId: "right" });
    run.succeed("left-1", copied());
    expect(stagesOf(run, "left-1", "left-2")).toEqual(["done", "planned"]);
    expect(run.order({ order: "retry", stepId: id("right") }).accepted).toBe(true);
    expect(stagesOf(run, "left-2", "right", "last")).toEqual(["running", "running", "planned"]);
  });

  test("that let the others finish hold the run when those are through", () => {
    const run = twoBranches("finishOthers");
    run.fail("right");
    expect(run.state.stage).toBe("running");
    run.succeed("left-1", copied());
    expect(stagesOf(run, "left-2")).toEqual(["running"]);
    run.succeed("left-2", copied());
    expect(run.state.hold).toMatchObject({ cause: "stepFailed", stepId: "right" });
  });

  test("that let the others finish hold the run when those are stuck too", () => {
    const run = twoBranches("finishOthers");
    run.fail("right");
    run.fail("left-1");
    expect(run.state.hold).toMatchObject({ cause: "stepFailed", stepId: "left-1" });
    run.order({ order: "retry", stepId: id("left-1") });
    expect(run.state.stage).toBe("running");
    run.succeed("left-1", copied());
    run.succeed("left-2", copied());
    expect(run.state.hold).toMatchObject({ stepId: "right" });
  });

  test("that cancel the others do so for real, and hold the run at once", () => {
    const run = twoBranches("cancelOthers");
    run.fail("right");
    expect(run.state.hold).toMatchObject({ stepId: "right" });
    expect(run.state.tasks[run.taskOf("left-1")]?.stage).toBe("cancelOrdered");
    run.cancelled("left-1");
    expect(stagesOf(run, "left-1", "left-2")).toEqual(["cancelled", "planned"]);
  });

  test("wait for their own retries, and the others don't", () => {
    const run = twoBranches("hold", { right: { retry: { times: 1, pause: "30s" } } });
    run.fail("right");
    run.succeed("left-1", copied());
    expect(stagesOf(run, "left-2", "right")).toEqual(["running", "failed"]);
    run.pass(30_000);
    expect(run.state.steps[id("right")]).toMatchObject({ stage: "running", attempt: 2 });
  });

  test("a step that needs one in another branch waits for it", () => {
    const run = twoBranches("hold", { right: { needs: ["left-1"] } });
    expect(stagesOf(run, "left-1", "right")).toEqual(["running", "planned"]);
    run.fail("left-1");
    expect(run.state.hold).toMatchObject({ stepId: "left-1" });
    run.order({ order: "retry", stepId: id("left-1") });
    run.succeed("left-1", copied());
    expect(stagesOf(run, "right")).toEqual(["running"]);
  });

  test("a rollback waits for the tasks of all of them", () => {
    const undo = { ...SAMPLE.rollback.steps[0], id: "undo", when: 'began("left-1")' };
    const branches = beside(branch("Left", [copying("left-1")]), branch("Right", [copying("right")]));
    const phases = [{ ...SAMPLE.phases[0], steps: [branches] }];
    const plan = compileSample({ ...SAMPLE, triggers: [], probes: {}, rollback: { steps: [undo] }, phases });
    const run = new SampleRun(plan).start();
    run.report({ report: "taskAccepted", taskId: run.taskOf("left-1") });
    run.order({ order: "rollBack", reason: "" });
    expect(run.state.rollbackOrdered).toBeDefined();
    run.cancelled("left-1");
    expect(run.state.rollback).toBeUndefined();
    run.cancelled("right");
    expect(run.state.rollback).toBeDefined();
  });

  test("a step that is to roll back does so although another branch goes on", () => {
    const run = twoBranches("finishOthers", { right: { onFailure: "rollback" } });
    run.fail("right");
    expect(run.state.rollbackOrdered).toMatchObject({ cause: "stepFailed" });
    expect(run.state.tasks[run.taskOf("left-1")]?.stage).toBe("cancelOrdered");
  });

  test("a person in one branch and a task in the other don't keep each other waiting", () => {
    const { task: _, ...rest } = copying("look");
    const manual = { ...rest, verify: [], manual: { instructions: "Look.", by: ["operator"] } };
    const run = runOfSteps(beside(branch("By hand", [manual]), branch("By itself", [copying("right")])), last);
    expect(stagesOf(run, "look", "right")).toEqual(["waiting", "running"]);
    run.order({ order: "confirmManual", stepId: id("look"), fields: {} }, OPERATOR);
    run.succeed("right", copied());
    expect(stagesOf(run, "last")).toEqual(["running"]);
  });

  test("of which one was cancelled by a person hold the run, and a retry of it leaves the other alone", () => {
    const run = twoBranches();
    run.order({ order: "cancelTask", stepId: id("right"), reason: "Too slow." });
    run.cancelled("right");
    expect(run.state.hold).toMatchObject({ cause: "ordered", stepId: "right" });
    run.order({ order: "retry", stepId: id("right") });
    expect(stagesOf(run, "left-1", "right")).toEqual(["running", "running"]);
    expect(run.order({ order: "retry", stepId: id("left-1") }, ANNA)).toMatchObject({ accepted: false });
  });
});

describe("a runbook with branches", () => {
  const problemsOf = (...steps: readonly object[]) => {
    const phases = [{ ...SAMPLE.phases[0], steps }];
    const read = readRunbook(JSON.stringify({ ...SAMPLE, triggers: [], probes: {}, rollback: { steps: [] }, phases }));
    return read.ok ? [] : read.errors.map(({ message }) => message);
  };

  test("is compiled in the order of the text, and a phase's trigger is armed in its branches", () => {
    const plan = compileSample({
      ...SAMPLE,
      triggers: [{ id: "calm", title: "Calm", expr: "true", action: "notify", armed: { during: ["move"] } }],
      rollback: { steps: [] },
      phases: [{ ...SAMPLE.phases[0], id: "move", steps: [beside(branch("A", [copying("a")]), branch("B", [last]))] }],
      probes: {},
    });
    expect(plan.steps.map(({ id: step, index, branch: at }) => [step, index, at?.number])).toEqual([
      ["a", 1, 1],
      ["last", 2, 2],
    ]);
    expect(plan.triggers[0]?.during).toEqual(["a", "last"]);
  });

  test("is refused with a gate in a branch, with one branch alone, and with what no branching has", () => {
    const { task: _, ...rest } = copying("gate");
    const gate = { ...rest, verify: [], gate: { title: "Go on", quorum: { of: ["approvers"], atLeast: 1 } } };
    expect(problemsOf(beside(branch("A", [copying("a")]), branch("B", [gate])))).toEqual([
      expect.stringContaining("no gate stands in a branch"),
    ]);
    expect(problemsOf(beside(branch("A", [copying("a")])))).toEqual([expect.stringContaining("at least 2")]);
    expect(problemsOf({ ...beside(branch("A", [copying("a")]), branch("B", [last])), lasts: "1m" })).toEqual([
      'unknown key "lasts".',
    ]);
    expect(problemsOf({ ...beside(branch("A", [copying("a")]), branch("B", [last])), id: "a" })).toEqual([
      expect.stringContaining('"a" is there twice'),
    ]);
  });

  test("counts on what another branch measures only where it says that it needs it", () => {
    const facts = { "new.rows_count": "result.files_target" };
    const measures = copying("a", { task: { ...prepare.task, facts } });
    const uses = (more: object) => ({
      ...last,
      ...more,
      task: { ...last.task, with: { ...last.task.with, maxKiBps: { expr: "int(facts.new.rows_count)" } } },
    });
    const both = (more: object) => beside(branch("A", [measures]), branch("B", [uses(more)]));
    expect(problemsOf(both({}))).toEqual([expect.stringContaining('measures the fact "new.rows_count" before')]);
    expect(problemsOf(both({ needs: ["a"] }))).toEqual([]);
    expect(problemsOf(beside(branch("A", [measures]), branch("B", [copying("b")])), uses({}))).toEqual([]);
  });
});
