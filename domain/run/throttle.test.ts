import { expect, test } from "vitest";
import { ANNA, OPERATOR, runOfSteps, SAMPLE } from "../../tests/support/sampleRun.ts";
import { StepId } from "../ids.ts";
import { FULL, ThrottleSetting } from "../throttle/setting.ts";
import { fold } from "./evolve.ts";

const [prepare, copy] = SAMPLE.phases[0].steps;
const look = SAMPLE.phases[1].steps.find(({ id }) => id === "look") ?? {};
const copying = { ...copy, needs: [], onFailure: "hold" };
const stepId = StepId.parse("copy");
const slow = ThrottleSetting.parse({ mode: "limited", bytesPerSecond: 20_000_000 });
const slowDown = { order: "throttleTask", stepId, setting: slow, reason: "Too hot." } as const;

test("a copy is slowed down while it runs, and the log keeps who, when, from what to what and why", () => {
  const run = runOfSteps(copying);
  expect(run.order(slowDown)).toMatchObject({ accepted: true });
  expect(run.log.at(-1)).toMatchObject({
    at: run.now,
    event: { type: "taskThrottled", stepId, from: FULL, to: slow, by: OPERATOR.userId, reason: "Too hot." },
  });
  const task = run.state.tasks[run.taskOf("copy")];
  expect(task?.throttle).toEqual({ setting: slow, seq: run.log.at(-1)?.seq });
  expect(run.order(slowDown)).toMatchObject({ because: "alreadyOrdered" });
  run.order({ ...slowDown, setting: { mode: "paused" } });
  expect(run.log.at(-1)?.event).toMatchObject({ from: slow, to: { mode: "paused" } });
  expect(fold(run.log)).toEqual(run.state);
});

test("the next attempt of the same copy keeps the speed; the next step has its own", () => {
  const run = runOfSteps(copying);
  run.order(slowDown);
  run.fail("copy");
  run.order({ order: "retry", stepId });
  expect(run.state.tasks[run.taskOf("copy")]).toMatchObject({ stage: "ordered", throttle: { setting: slow } });
});

test("what does not run, is being ended, or is over in a moment is not slowed down; nor by somebody who only approves", () => {
  expect(runOfSteps(prepare, copy).order(slowDown)).toMatchObject({ because: "nothingToThrottle" });
  expect(runOfSteps(look).order({ ...slowDown, stepId: StepId.parse("look") })).toMatchObject({
    because: "nothingToThrottle",
    detail: "files.manifest is over too soon for it.",
  });
  const run = runOfSteps(copying);
  expect(run.order(slowDown, ANNA)).toMatchObject({ because: "notAllowed" });
  expect(run.order({ ...slowDown, stepId: StepId.parse("nowhere") })).toMatchObject({ because: "unknownStep" });
  run.order({ order: "cancelTask", stepId, reason: "" });
  expect(run.order(slowDown)).toMatchObject({ because: "nothingToThrottle" });
});
