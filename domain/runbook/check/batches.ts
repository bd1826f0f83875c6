import type { Runbook } from "../schema.ts";
import type { Report } from "./report.ts";
import { visitSteps } from "./visit.ts";

/**
 * A batch lives in the database: when its agent is lost or a rollback begins in the middle of it, it can still be at work while
 * the rollback counts. The rollback step that ends it must come from the text, since nobody can add one at night.
 */
export function checkBatches(runbook: Runbook, report: Report): void {
  if (runbook.rollback.steps.some((step) => step.task?.action === "sql.cancel")) return;
  for (const { path, step } of visitSteps(runbook)) {
    if (!("task" in step) || step.task.action !== "sql.batch") continue;
    report.warning(
      "effect",
      [...path, "task", "action"],
      `a batch of "${step.id}" can still run when a rollback begins: add a rollback step with sql.cancel, the first one.`,
    );
  }
}
