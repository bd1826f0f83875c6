import type { UserId } from "../../ids.ts";
import { clip } from "../clip.ts";
import { lossNow, rollbackPlan } from "../rollbackPlan.ts";
import type { HoldCause } from "../stages.ts";
import type { RunState, TaskState } from "../state.ts";
import { isActive } from "../stepOf.ts";
import type { Turn } from "../turn.ts";
import { holdRun } from "./holdRun.ts";

type RollbackCause = NonNullable<RunState["rollback"]>["cause"];

/** What a rollback that the run wants by itself is called when it is only a hold. */
const HOLDS_AS = { stepFailed: "stepFailed", gate: "noGo", trigger: "trigger" } as const satisfies Record<
  Exclude<RollbackCause, "ordered">,
  HoldCause
>;

/**
 * A rollback that the run itself wants: a step failed, a gate was refused, a trigger fired. Where going back would lose
 * something, or nobody can tell, it becomes hold-and-ask: a machine does not decide what people lose, unless the people who
 * wrote and approved the runbook have.
 */
export function wantRollback(turn: Turn, cause: keyof typeof HOLDS_AS, detail: string): void {
  if (!mayRollBack(turn.state)) return;
  const loss = lossNow(turn.plan, turn.state, turn.now);
  if (loss.kind === "nothing" || turn.plan.runbook.rollback.loses?.automatic === "rollback") {
    orderRollback(turn, cause, detail);
    return;
  }
  const why =
    loss.kind === "unknown"
      ? "it is not known whether a rollback would lose something"
      : `a rollback would lose something (${loss.title})`;
  holdRun(turn, HOLDS_AS[cause], `${detail}; ${why}, so a person decides`);
}

/** True where a rollback can be ordered: the run goes forward (or is held on the way), and none was ordered before. */
export function mayRollBack(state: RunState): boolean {
  return (
    (state.stage === "running" || (state.stage === "held" && state.hold?.during === "forward")) &&
    state.rollbackOrdered === undefined
  );
}

/** Orders a rollback: at once where nothing runs, else after the running task's end is reported. It is cancelled meanwhile. */
export function orderRollback(turn: Turn, cause: RollbackCause, detail: string, by?: UserId): void {
  const who = by === undefined ? {} : { by };
  const running = activeForwardTasks(turn.state);
  if (running.length === 0) {
    beginRollback(turn, { cause, detail, ...who });
    return;
  }
  turn.emit({ type: "rollbackOrdered", cause, detail: clip(detail, 2000), ...who });
  for (const task of running) {
    if (task.stage === "cancelOrdered") continue;
    turn.emit({ type: "taskCancelOrdered", taskId: task.taskId, reason: "A rollback was ordered.", ...who });
  }
}

/** Begins a rollback that was ordered, once no forward task can act any more. */
export function beginOrderedRollback(turn: Turn): void {
  const { rollbackOrdered } = turn.state;
  if (rollbackOrdered !== undefined && activeForwardTasks(turn.state).length === 0) {
    beginRollback(turn, rollbackOrdered);
  }
}

function beginRollback(
  turn: Turn,
  wanted: { readonly cause: RollbackCause; readonly detail: string; readonly by?: UserId },
): void {
  for (const step of Object.values(turn.state.steps)) {
    if (step.section === "forward" && step.stage === "waiting")
      turn.emit({ type: "stepCancelled", stepId: step.stepId });
  }
  turn.emit({
    type: "rollbackBegan",
    cause: wanted.cause,
    detail: clip(wanted.detail, 2000),
    steps: rollbackPlan(turn.plan, turn.state, turn.now).steps.map((step) => step.id),
    ...(wanted.by === undefined ? {} : { by: wanted.by }),
  });
}

/** Tasks of forward steps that may still act on a host. */
export function activeForwardTasks(state: RunState): readonly TaskState[] {
  return Object.values(state.tasks).filter((task) => isActive(task) && state.steps[task.stepId]?.section === "forward");
}
