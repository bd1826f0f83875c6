import { findStep } from "../findStep.ts";
import { stepOf } from "../stepOf.ts";
import type { Turn } from "../turn.ts";
import { beginStep } from "./beginStep.ts";
import { endRun } from "./endRun.ts";
import { holdRun } from "./holdRun.ts";
import { holdOutOfReach } from "./outOfReach.ts";
import { retryStep } from "./retryStep.ts";

/** One move of a run that rolls back: the first rollback step that is not over. A failure there holds loudly. */
export function goBack(turn: Turn): void {
  const failedTitles: string[] = [];
  for (const stepId of turn.state.rollback?.steps ?? []) {
    const step = findStep(turn.plan, stepId);
    if (step?.section !== "rollback") throw new Error(`the log names rollback step ${stepId}, the runbook does not`);
    const now = stepOf(turn.state, stepId);
    if (now === undefined) {
      if (!holdOutOfReach(turn, step)) beginStep(turn, step);
      return;
    }
    if (now.stage === "done" || now.stage === "skipped") continue;
    if (now.stage === "undone") {
      if (!holdOutOfReach(turn, step)) beginStep(turn, step, { inspectFirst: true });
      return;
    }
    if (now.stage === "running" || now.stage === "waiting" || now.stage === "planned") return;
    if (now.stage === "failed") {
      if (retryStep(turn, step, step.retry, now) === "pending") return;
      if (step.onFailure === "continue") {
        failedTitles.push(step.title);
        continue;
      }
    }
    const why =
      now.stage === "cancelled" ? "it was cancelled" : (now.failure?.message ?? "it is not known how it ended");
    holdRun(turn, "rollbackFailed", `${step.title}: ${why}`, stepId);
    return;
  }
  endRun(
    turn,
    "rolledBack",
    failedTitles.length === 0 ? undefined : `Failed and passed by: ${failedTitles.join("; ")}.`,
  );
}
