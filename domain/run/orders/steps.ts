import type { StepId } from "../../ids.ts";
import type { Actor } from "../actor.ts";
import { isOneOf } from "../actor.ts";
import { beginStep } from "../advance/beginStep.ts";
import { concludeStep } from "../advance/concludeStep.ts";
import { failureOf } from "../advance/failures.ts";
import { isOutOfReach } from "../advance/outOfReach.ts";
import { stepsBeside } from "../branches.ts";
import { isFieldValue } from "../fieldValues.ts";
import type { AnyStep } from "../findStep.ts";
import { findStep, workOf } from "../findStep.ts";
import type { OrderOf } from "../intents.ts";
import { scopeOf } from "../scope.ts";
import type { HoldCause } from "../stages.ts";
import { activeTaskOf, stepOf, stepStageOf, undoneSteps } from "../stepOf.ts";
import type { Refusal, Turn } from "../turn.ts";
import { refuse } from "../turn.ts";
import { refuseUnsealed, refuseUnseenHold } from "./course.ts";
import { measure } from "./preparation.ts";

/**
 * Tries a step again, as its next attempt. `inspectFirst`: its action looks at what is there before it acts ("I fixed it by
 * hand, inspect again"); always so after an unknown end. Resumes a run that is held, because the person says: go on, with this.
 */
export function tryAgain(turn: Turn, stepId: StepId, actor: Actor, inspectFirst: boolean): Refusal | undefined {
  const step = findStep(turn.plan, stepId);
  if (step === undefined) return refuse("unknownStep", stepId);
  if (step.section === "checklist") return measure(turn, { order: "measure", itemIds: [stepId] }, actor);
  const refusal = refuseWrongSide(turn, step);
  if (refusal !== undefined) return refusal;
  const stage = stepStageOf(turn.state, stepId);
  if (stage === "running" || stage === "waiting") return refuse("stepRunning");
  if (stage !== "failed" && stage !== "cancelled" && stage !== "unknown") return refuse("stepNotFailed");
  const beside = stepsBeside(turn.plan.steps, stepId).map(({ id }) => id);
  const busy = Object.values(turn.state.steps).find(
    (other) =>
      other.section === step.section &&
      (other.stage === "running" || other.stage === "waiting") &&
      !beside.includes(other.stepId),
  );
  if (busy !== undefined) return refuse("stepRunning", findStep(turn.plan, busy.stepId)?.title ?? busy.stepId);
  if (isOutOfReach(turn, step)) return refuse("hostNotConnected", step.title);
  const unseen = refuseUnseenHold(turn, actor) ?? refuseUnsealed(turn);
  if (unseen !== undefined) return unseen;
  if (turn.state.stage === "held") turn.emit({ type: "runResumed", by: actor.userId });
  // What a reboot has undone comes first, and this step would need it. When that is done again the run is held before this step as it was.
  if (undoneSteps(turn.state).some(({ section }) => section === step.section)) return undefined;
  beginStep(turn, step, { by: actor.userId, inspectFirst: inspectFirst || stage === "unknown" });
  return undefined;
}

const OVER_BY_SKIPPING: readonly HoldCause[] = [
  "stepFailed",
  "stepUnknown",
  "taskRefused",
  "rollbackFailed",
  "ordered",
];

/** Skips a step with a reason; those that need it go on without. Resumes a run that was held because of just this step. */
export function skip(turn: Turn, order: OrderOf<"skip">, actor: Actor): Refusal | undefined {
  const step = findStep(turn.plan, order.stepId);
  if (step === undefined) return refuse("unknownStep", order.stepId);
  // A gate is never skipped: that would be one person doing what the runbook asks several for.
  const isFixed = step.section === "checklist" || workOf(step).kind === "gate";
  if (isFixed || (step.section === "forward" && !step.skippable)) return refuse("mustNotSkip", step.title);
  const refusal = refuseWrongSide(turn, step);
  if (refusal !== undefined) return refusal;
  const stage = stepStageOf(turn.state, order.stepId);
  if (stage === "running") return refuse("stepRunning");
  if (stage === "done" || stage === "skipped") return refuse("alreadyOrdered");
  const { hold } = turn.state;
  const goesOn = hold?.stepId === order.stepId && OVER_BY_SKIPPING.includes(hold.cause);
  const unseen = refuseUnseenHold(turn, actor) ?? (goesOn ? refuseUnsealed(turn, order.stepId) : undefined);
  if (unseen !== undefined) return unseen;
  turn.emit({
    type: "stepSkipped",
    stepId: order.stepId,
    section: step.section,
    kind: workOf(step).kind,
    reason: order.reason,
    by: actor.userId,
  });
  if (goesOn) turn.emit({ type: "runResumed", by: actor.userId });
  return undefined;
}

/** Cancels the running task of a step for real; the step has ended when the host's receipt says so. */
export function cancelTask(turn: Turn, order: OrderOf<"cancelTask">, actor: Actor): Refusal | undefined {
  if (findStep(turn.plan, order.stepId) === undefined) return refuse("unknownStep", order.stepId);
  if (turn.state.stage === "ended") return refuse("wrongStage");
  const task = activeTaskOf(turn.state, order.stepId);
  const step = stepOf(turn.state, order.stepId);
  if (step?.section === "checklist" && step.stage === "running" && step.taskId === undefined) {
    turn.emit({ type: "stepCancelled", stepId: order.stepId });
    return undefined;
  }
  if (task === undefined) return refuse("nothingToCancel");
  if (task.stage === "cancelOrdered") return refuse("alreadyOrdered");
  turn.emit({ type: "taskCancelOrdered", taskId: task.taskId, by: actor.userId, reason: order.reason });
  return undefined;
}

/** Confirms a manual step with its fields. A value of the wrong kind is refused; one that is not as expected fails the step. */
export function confirmManual(turn: Turn, order: OrderOf<"confirmManual">, actor: Actor): Refusal | undefined {
  const step = findStep(turn.plan, order.stepId);
  const work = step === undefined ? undefined : workOf(step);
  if (step === undefined || work?.kind !== "manual") return refuse("unknownStep", order.stepId);
  const stage = stepStageOf(turn.state, order.stepId);
  if (stage === "done") return refuse("alreadyOrdered");
  if (stage !== "waiting" || turn.state.stage === "ended") return refuse("wrongStage");
  if (!isOneOf(actor, work.manual.by)) return refuse("notAllowed", "Others are named for this.");
  const specs = work.manual.fields;
  const unasked = Object.keys(order.fields).find((name) => specs[name] === undefined);
  if (unasked !== undefined) return refuse("fieldInvalid", unasked);
  for (const [name, spec] of Object.entries(specs)) {
    const value = order.fields[name];
    const isGood = value === undefined ? !spec.required : isFieldValue(spec.type, value);
    if (!isGood) return refuse("fieldInvalid", spec.title);
  }
  turn.emit({ type: "manualConfirmed", stepId: order.stepId, fields: order.fields, by: actor.userId });
  const unexpected = Object.entries(specs).filter(([name, { expect, title }]) => {
    const value = order.fields[name];
    if (expect === undefined || value === undefined) return false;
    const scope = scopeOf(turn.state, turn.now, { fields: order.fields, value });
    return turn.plan.expressions.judge(name, title, expect, scope).verdict !== "pass";
  });
  if (unexpected.length === 0) {
    concludeStep(turn, step);
    return undefined;
  }
  const titles = unexpected.map(([, { title }]) => title).join("; ");
  const failure = failureOf("expectationFailed", `Not as expected: ${titles}.`);
  turn.emit({ type: "stepFailed", stepId: order.stepId, failure, unknown: false });
  return undefined;
}

// A forward step is dealt with on the way forward, a rollback step on the way back.
function refuseWrongSide(turn: Turn, step: AnyStep): Refusal | undefined {
  const { stage, hold, rollback, rollbackOrdered } = turn.state;
  if (rollbackOrdered !== undefined) return refuse("alreadyOrdered", "A rollback was ordered.");
  const isBackward = stage === "rollingBack" || (stage === "held" && hold?.during === "rollback");
  const isForward = stage === "running" || (stage === "held" && hold?.during === "forward");
  if (step.section === "rollback") {
    return isBackward && rollback?.steps.includes(step.id) === true ? undefined : refuse("wrongStage");
  }
  return isForward ? undefined : refuse("wrongStage");
}
