import type { RunView } from "../../protocol/http/runs.ts";
import type { RollbackView } from "../../protocol/http/steps.ts";

/**
 * When a rollback that goes on is expected to be done, in ms since the epoch: the forecast that the strip and the timeline show, so that a
 * page says one time, and never one in the past. Without a forecast, what is planned of its rest.
 */
export function backAtMs(run: Pick<RunView, "forecast" | "rollback">, now: number): number {
  return Math.max(now, run.forecast.finishP50At ?? now + restOfRollbackMs(run.rollback, now));
}

/** How long the rest of a rollback is planned to take, in ms: what is left of the step that runs, and all that come after it. */
export function restOfRollbackMs(rollback: Pick<RollbackView, "steps">, now: number): number {
  return rollback.steps.reduce((restMs, step) => {
    if (step.stage === "done" || step.stage === "skipped") return restMs;
    const goneMs = step.stage === "running" && step.beganAt !== null ? now - step.beganAt : 0;
    return restMs + Math.max(0, step.plannedMs - Math.max(0, goneMs));
  }, 0);
}
