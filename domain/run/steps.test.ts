import { describe, expect, test } from "vitest";
import { copied, runOfSteps, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import { StepId, TaskId } from "../ids.ts";
import { Instant } from "../time.ts";

const step = (id: string) => StepId.parse(id);
const [prepare, copy] = SAMPLE.phases[0].steps;

describe("verification", () => {
  test("a task that ended well and brought what was not expected has failed, and both values are named", () => {
    const run = runOfSteps({ ...prepare, onFailure: "hold" });
    run.succeed("prepare", copied(9, 10));
    const now = run.state.steps[step("prepare")];
    expect(now).toMatchObject({ stage: "failed", failure: { code: "expectationFailed" } });
    expect(now?.failure?.detail).toContain('"result.files_target":9');
    expect(run.state.hold).toMatchObject({ cause: "stepFailed", stepId: "prepare" });
  });

  test("what can't be judged has not passed", () => {
    const run = runOfSteps({ ...prepare, verify: [{ expr: "facts.host.cores == facts.new.rows_count" }] });
    run.succeed("prepare");
    expect(run.state.steps[step("prepare")]).toMatchObject({ stage: "failed" });
    expect(run.state.steps[step("prepare")]?.failure?.message).toContain("(not known)");
  });
});

describe("retry", () => {
  test("a failed step is tried again after its pause, each pause longer, as often as the runbook says", () => {
    const run = runOfSteps({ ...prepare, retry: { times: 2, pause: "30s", factor: 2 } });
    run.fail("prepare");
    expect(run.state.stage).toBe("running");
    run.pass(29_000);
    expect(run.state.steps[step("prepare")]?.stage).toBe("failed");
    run.pass(1000);
    expect(run.state.steps[step("prepare")]).toMatchObject({ stage: "running", attempt: 2 });
    run.fail("prepare");
    run.pass(59_000);
    expect(run.state.steps[step("prepare")]?.attempt).toBe(2);
    run.pass(1000);
    run.fail("prepare");
    expect(run.state.hold).toMatchObject({ cause: "stepFailed", stepId: "prepare" });
  });

  test("a timer that fires twice, or after its step began anew, does nothing twice", () => {
    const run = runOfSteps({ ...prepare, retry: { times: 1, pause: "30s" } });
    run.fail("prepare");
    const timerId = Object.keys(run.state.timers)[0] ?? "";
    run.now = Instant.parse(run.now + 29_990);
    run.report({ report: "timerFired", timerId });
    expect(run.state.steps[step("prepare")]?.attempt).toBe(2);
    const before = run.state.seq;
    run.report({ report: "timerFired", timerId });
    expect(run.state.seq).toBe(before);
  });

  test("a copy that differs is not tried again by itself: doing it again does not make it right", () => {
    const run = runOfSteps({ ...prepare, retry: { times: 3, pause: "1s" } });
    run.fail("prepare", "copyDiffers");
    expect(run.state.timers).toEqual({});
    expect(run.state.stage).toBe("held");
  });

  test("a person's retry resumes the run with the next attempt", () => {
    const run = runOfSteps(prepare);
    run.fail("prepare");
    expect(run.order({ order: "retry", stepId: step("prepare") }).accepted).toBe(true);
    expect(run.state).toMatchObject({ stage: "running" });
    expect(run.state.steps[step("prepare")]).toMatchObject({ stage: "running", attempt: 2 });
    expect(run.order({ order: "retry", stepId: step("prepare") })).toMatchObject({ because: "stepRunning" });
  });

  test("resuming without mending holds again at the same step", () => {
    const run = runOfSteps(prepare);
    run.fail("prepare");
    run.order({ order: "resume" });
    expect(run.state.hold).toMatchObject({ cause: "stepFailed", stepId: "prepare" });
    expect(run.state.steps[step("prepare")]?.attempt).toBe(1);
  });
});

describe("not knowing", () => {
  test("an unknown end holds the run, whatever the step says of failures", () => {
    const run = runOfSteps({ ...prepare, onFailure: "continue" }, { ...copy, needs: [] });
    run.unknown("prepare");
    expect(run.state.hold).toMatchObject({ cause: "stepUnknown", stepId: "prepare" });
  });

  test("the next attempt after an unknown end looks first, however it is ordered", () => {
    for (const order of ["retry", "inspectAgain"] as const) {
      const run = runOfSteps(prepare);
      run.unknown("prepare");
      run.order({ order, stepId: step("prepare") });
      expect(run.log.at(-1)?.event).toMatchObject({ type: "taskOrdered", inspectFirst: true });
    }
  });

  test("'I fixed it by hand, inspect again' looks first; a plain retry does not", () => {
    const run = runOfSteps(prepare);
    run.fail("prepare");
    run.order({ order: "inspectAgain", stepId: step("prepare") });
    expect(run.log.at(-1)?.event).toMatchObject({ type: "taskOrdered", inspectFirst: true });
    run.fail("prepare");
    run.order({ order: "retry", stepId: step("prepare") });
    expect(run.log.at(-1)?.event).toMatchObject({ type: "taskOrdered", inspectFirst: false });
  });
});

describe("reports", () => {
  test("a report that comes twice, late, or for another attempt changes nothing", () => {
    const run = runOfSteps(prepare);
    const first = run.taskOf("prepare");
    run.fail("prepare");
    run.order({ order: "retry", stepId: step("prepare") });
    const before = run.state.seq;
    const ended = { outcome: "succeeded", result: copied(), ...run.times() } as const;
    run.report({ report: "taskEnded", taskId: first, ended, facts: [] });
    run.report({ report: "taskAccepted", taskId: first });
    run.report({ report: "taskEnded", taskId: TaskId.parse(`${run.state.runId}.prepare.9`), ended, facts: [] });
    expect(run.state.seq).toBe(before);
    expect(run.state.steps[step("prepare")]).toMatchObject({ stage: "running", attempt: 2 });
    run.succeed("prepare");
    const after = run.state.seq;
    run.report({ report: "taskEnded", taskId: TaskId.parse(`${run.state.runId}.prepare.2`), ended, facts: [] });
    expect(run.state.seq).toBe(after);
  });

  test("a task that ended had been accepted, also where the word of that was lost with the link; each is said once", () => {
    const run = runOfSteps(prepare);
    const taskId = run.taskOf("prepare");
    const ended = { outcome: "succeeded", result: copied(), ...run.times() } as const;
    run.report({ report: "taskEnded", taskId, ended, facts: [] });
    run.report({ report: "taskAccepted", taskId });
    const told = run.log.flatMap(({ event }) => ("taskId" in event && event.taskId === taskId ? [event.type] : []));
    expect(told).toEqual(["taskOrdered", "taskAccepted", "taskEnded"]);
  });

  test("a task that its host refuses holds the run and did nothing", () => {
    const run = runOfSteps({ ...prepare, onFailure: "continue" });
    const failure = { code: "notAuthorised", message: "No valid decision." } as const;
    run.report({ report: "taskRefused", taskId: run.taskOf("prepare"), failure });
    expect(run.state.hold).toMatchObject({ cause: "taskRefused", stepId: "prepare", detail: "No valid decision." });
    expect(run.state.steps[step("prepare")]?.mayHaveActed).toBe(false);
  });

  test("an agent's clock that is ahead makes no fact fresh for longer", () => {
    const run = new SampleRun();
    run.order({ order: "measure", itemIds: [step("measure-host")] });
    const ahead = Instant.parse(run.now + 3_600_000);
    const times = { startedAt: ahead, endedAt: ahead, outputBytes: 0 };
    run.end("measure-host", { outcome: "succeeded", result: { cores: 2, aes: true }, ...times });
    expect(run.state.facts).toMatchObject({ "host.cores": { measuredAt: run.now } });
  });
});

describe("cancelling and skipping", () => {
  test("a cancelled task has ended when the host says so; the run is then held there", () => {
    const run = runOfSteps(prepare, { ...copy, needs: [] });
    const cancel = { order: "cancelTask", stepId: step("prepare"), reason: "Too slow." } as const;
    run.order(cancel);
    expect(run.state.steps[step("prepare")]?.stage).toBe("running");
    expect(run.order(cancel)).toMatchObject({ because: "alreadyOrdered" });
    run.cancelled("prepare");
    expect(run.state.steps[step("prepare")]?.stage).toBe("cancelled");
    expect(run.state.hold).toMatchObject({ stepId: "prepare" });
    expect(run.order(cancel)).toMatchObject({ because: "nothingToCancel" });
  });

  test("a task that ended before its cancel arrived counts as it ended", () => {
    const run = runOfSteps(prepare);
    run.order({ order: "cancelTask", stepId: step("prepare"), reason: "" });
    run.succeed("prepare");
    expect(run.state.steps[step("prepare")]?.stage).toBe("done");
  });

  test("a skipped step counts as met for those that need it, with its reason on record", () => {
    const run = runOfSteps(prepare, copy);
    run.fail("prepare");
    run.order({ order: "skip", stepId: step("prepare"), reason: "Done by hand." });
    expect(run.state.steps[step("prepare")]).toMatchObject({ stage: "skipped", skipReason: "Done by hand." });
    expect(run.state.steps[step("copy")]?.stage).toBe("running");
  });

  test("a running step, a gate and a step that must not be skipped are not skipped", () => {
    const run = new SampleRun().start();
    const skip = (id: string) => run.order({ order: "skip", stepId: step(id), reason: "No." });
    expect(skip("prepare")).toMatchObject({ because: "stepRunning" });
    expect(skip("copy")).toMatchObject({ because: "mustNotSkip" });
    expect(skip("keep")).toMatchObject({ because: "mustNotSkip" });
    expect(skip("measure-host")).toMatchObject({ because: "mustNotSkip" });
    expect(skip("nowhere")).toMatchObject({ because: "unknownStep" });
  });

  test("skipping another step leaves a person's hold alone", () => {
    const run = new SampleRun().start();
    run.order({ order: "hold", reason: "Wait for me." });
    run.order({ order: "skip", stepId: step("soak"), reason: "No soak tonight." });
    expect(run.state.stage).toBe("held");
  });
});

describe("conditions", () => {
  test("a step whose `when` does not hold is passed by without a person", () => {
    const run = runOfSteps({ ...prepare, when: "facts.host.cores > 100" }, { ...copy, needs: ["prepare"] });
    expect(run.state.steps[step("prepare")]).toMatchObject({ stage: "skipped", attempt: 0 });
    expect(run.state.steps[step("copy")]?.stage).toBe("running");
  });

  test("a step whose `when` can't be told holds the run instead of guessing", () => {
    const run = runOfSteps({ ...prepare, when: "facts.new.rows_count > 0" });
    expect(run.state.hold).toMatchObject({ cause: "stepFailed", stepId: "prepare" });
    expect(run.state.tasks).not.toHaveProperty(`${run.state.runId}.prepare.1`);
  });

  test("a step that needs one which failed and was passed by holds, and names what it needs", () => {
    const run = runOfSteps({ ...prepare, onFailure: "continue" }, copy);
    run.fail("prepare");
    expect(run.state.hold).toMatchObject({ stepId: "prepare" });
    expect(run.state.hold?.detail).toContain("needs Prepare the target");
    run.order({ order: "retry", stepId: step("prepare") });
    run.succeed("prepare");
    expect(run.state.steps[step("copy")]?.stage).toBe("running");
  });

  test("a failed step that may be passed by stays in the record of how the run ended", () => {
    const run = runOfSteps({ ...prepare, onFailure: "continue" });
    run.fail("prepare");
    expect(run.state).toMatchObject({ outcome: "completed", endReason: "Failed and passed by: Prepare the target." });
  });
});
