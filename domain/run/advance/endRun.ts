import type { UserId } from "../../ids.ts";
import { clip } from "../clip.ts";
import type { Outcome } from "../stages.ts";
import { isActive } from "../stepOf.ts";
import type { Turn } from "../turn.ts";

/** Ends the run. Whoever still waits is told no more, and what is still being measured is cancelled. */
export function endRun(turn: Turn, outcome: Outcome, reason?: string, by?: UserId): void {
  for (const step of Object.values(turn.state.steps)) {
    const isQueued = step.stage === "running" && step.section === "checklist" && step.taskId === undefined;
    if (step.stage === "waiting" || isQueued) turn.emit({ type: "stepCancelled", stepId: step.stepId });
  }
  for (const task of Object.values(turn.state.tasks)) {
    if (!isActive(task) || task.stage === "cancelOrdered") continue;
    turn.emit({ type: "taskCancelOrdered", taskId: task.taskId, reason: "The run ended." });
  }
  turn.emit({
    type: "runEnded",
    outcome,
    ...(reason === undefined ? {} : { reason: clip(reason, 2000) }),
    ...(by === undefined ? {} : { by }),
  });
}
