import type { RollbackView } from "../../protocol/http/runs.ts";

/** How long the rest of a rollback is planned to take, in ms: what is left of the step that runs, and all that come after it. */
export function restOfRollbackMs(rollback: Pick<RollbackView, "steps">, now: number): number {
  return rollback.steps.reduce((restMs, step) => {
    if (step.stage === "done" || step.stage === "skipped") return restMs;
    const goneMs = step.stage === "running" && step.beganAt !== null ? now - step.beganAt : 0;
    return restMs + Math.max(0, step.plannedMs - Math.max(0, goneMs));
  }, 0);
}
