import type { StepId } from "../../ids.ts";
import type { Instant } from "../../time.ts";
import type { EventOf } from "../events.ts";
import { IllegalTransition } from "../illegalTransition.ts";
import { checkStepMove } from "../moves.ts";
import type { StepStage } from "../stages.ts";
import type { RunState, StepState } from "../state.ts";
import { withoutTimersOf } from "./timers.ts";

export type StepEvent = EventOf<
  | "stepBegan"
  | "stepVerified"
  | "waitHolds"
  | "stepDone"
  | "stepFailed"
  | "stepSkipped"
  | "stepCancelled"
  | "manualConfirmed"
  | "timerSet"
  | "timerFired"
>;

/** What happens to one step: it begins, is judged, ends, waits for a time. */
export function evolveSteps(state: RunState, event: StepEvent, at: Instant): RunState {
  switch (event.type) {
    case "stepBegan":
      return began(state, event, at);
    case "stepVerified":
      return withStep(state, { ...known(state, event.stepId), judgements: event.judgements });
    case "waitHolds": {
      const { holdsSince: _, ...step } = known(state, event.stepId);
      return withStep(state, event.holds ? { ...step, holdsSince: at } : step);
    }
    case "stepDone":
      return ended(state, event.stepId, "done", at);
    case "stepFailed":
      return ended(state, event.stepId, event.unknown ? "unknown" : "failed", at, { failure: event.failure });
    case "stepSkipped":
      return skipped(state, event, at);
    case "stepCancelled":
      return ended(state, event.stepId, "cancelled", at);
    case "manualConfirmed":
      return withStep(state, { ...known(state, event.stepId), fields: event.fields });
    case "timerSet": {
      if (state.timers[event.timerId] !== undefined) {
        throw new IllegalTransition(state.seq, `timer ${event.timerId} is set already`);
      }
      const timer = { firesAt: event.firesAt, purpose: event.purpose, stepId: event.stepId };
      return withDue({ ...state, timers: { ...state.timers, [event.timerId]: timer } }, timer, event.firesAt);
    }
    case "timerFired": {
      const { [event.timerId]: timer, ...timers } = state.timers;
      if (timer === undefined) throw new IllegalTransition(state.seq, `timer ${event.timerId} is not set`);
      // Due by what was heard, not by comparing clocks: a timer that fires a little early still fires.
      return withDue({ ...state, timers }, timer, at);
    }
    default:
      return event satisfies never;
  }
}

const NEEDS_STAGE = { forward: "running", rollback: "rollingBack" } as const;

function began(state: RunState, event: EventOf<"stepBegan">, at: Instant): RunState {
  if (event.section !== "checklist" && state.stage !== NEEDS_STAGE[event.section]) {
    throw new IllegalTransition(state.seq, `${event.section} step ${event.stepId} began while ${state.stage}`);
  }
  const earlier = state.steps[event.stepId];
  if (event.attempt !== (earlier?.attempt ?? 0) + 1) {
    throw new IllegalTransition(state.seq, `step ${event.stepId} began attempt ${event.attempt} out of turn`);
  }
  const to = event.kind === "task" || event.kind === "announce" ? "running" : "waiting";
  checkStepMove(state.seq, event.section, event.stepId, earlier?.stage ?? "planned", to);
  return withStep(withoutTimersOf(state, event.stepId), {
    stepId: event.stepId,
    section: event.section,
    kind: event.kind,
    stage: to,
    attempt: event.attempt,
    beganAt: at,
    mayHaveActed: event.kind !== "task" || earlier?.mayHaveActed === true,
    judgements: [],
  });
}

function ended(
  state: RunState,
  stepId: StepId,
  to: StepStage,
  at: Instant,
  more: Pick<StepState, "failure"> = {},
): RunState {
  const { dueAt: _due, ...step } = known(state, stepId);
  checkStepMove(state.seq, step.section, stepId, step.stage, to);
  const task = step.taskId === undefined ? undefined : state.tasks[step.taskId];
  if (task !== undefined && task.stage !== "ended" && task.stage !== "refused") {
    throw new IllegalTransition(state.seq, `step ${stepId} ended while its task ${task.taskId} is ${task.stage}`);
  }
  return withStep(withoutTimersOf(state, stepId), { ...step, ...more, stage: to, endedAt: at });
}

function skipped(state: RunState, event: EventOf<"stepSkipped">, at: Instant): RunState {
  const earlier = state.steps[event.stepId];
  checkStepMove(state.seq, event.section, event.stepId, earlier?.stage ?? "planned", "skipped");
  const { dueAt: _due, ...step } = earlier ?? {
    stepId: event.stepId,
    section: event.section,
    kind: event.kind,
    attempt: 0,
    mayHaveActed: false,
    judgements: [],
  };
  return withStep(withoutTimersOf(state, event.stepId), {
    ...step,
    stage: "skipped",
    endedAt: at,
    skipReason: event.reason,
  });
}

function known(state: RunState, stepId: StepId): StepState {
  const step = state.steps[stepId];
  if (step === undefined) throw new IllegalTransition(state.seq, `step ${stepId} has not begun`);
  return step;
}

function withStep(state: RunState, step: StepState): RunState {
  return { ...state, steps: { ...state.steps, [step.stepId]: step } };
}

function withDue(state: RunState, timer: RunState["timers"][string], dueAt: Instant): RunState {
  const step = state.steps[timer.stepId];
  return step === undefined || timer.purpose === "gateExpiry" ? state : withStep(state, { ...step, dueAt });
}
