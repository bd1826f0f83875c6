import { actionNamed } from "../../action/catalog.ts";
import type { ExpressionLanguage } from "../expression.ts";
import type { Runbook } from "../schema.ts";
import type { Report } from "./report.ts";
import { visitSteps } from "./visit.ts";

/** Steps that change something say how it is proven and how it is undone; a rollback does not destroy. */
export function checkEffects(runbook: Runbook, language: ExpressionLanguage, report: Report): void {
  const undone = new Set(
    runbook.rollback.steps.flatMap((step) => language.stepsIn(step.when).map((found) => found.step)),
  );
  for (const { path, step } of visitSteps(runbook)) {
    if (!("task" in step)) continue;
    const action = actionNamed(step.task.action);
    if (action === undefined || action.class === "observe" || action.class === "safe") continue;
    const does = action.class === "destroy" ? "destroys" : "changes something";
    if (step.verify.length === 0) {
      report.error("effect", [...path, "id"], `"${step.id}" ${does} and has no verify: say what must hold afterwards.`);
    }
    if (step.undo === undefined && !undone.has(step.id)) {
      report.error(
        "effect",
        [...path, "id"],
        `"${step.id}" ${does} and nothing undoes it: add a rollback step with when: began("${step.id}"), or undo: nothing.`,
      );
    }
  }
  runbook.rollback.steps.forEach((step, index) => {
    const path = ["rollback", "steps", index];
    const kinds = [step.task, step.manual, step.announce].filter((kind) => kind !== undefined).length;
    if (kinds !== 1)
      report.error("shape", [...path, "id"], "a rollback step has exactly one of task, manual, announce.");
    if (language.stepsIn(step.when).length === 0) {
      report.warning("effect", [...path, "when"], "this names no step: it is carried out in every rollback.");
    }
    const action = step.task === undefined ? undefined : actionNamed(step.task.action);
    if (action?.class === "destroy") {
      report.error("effect", [...path, "task", "action"], `${action.name} destroys: no rollback may.`);
    }
    if (action?.class === "change" && step.verify.length === 0) {
      report.warning("effect", [...path, "id"], `"${step.id}" changes something and has no verify.`);
    }
  });
  runbook.checklist.forEach((group, g) => {
    group.items.forEach((item, i) => {
      const kinds = [item.measure, item.confirm, item.announce, item.seal].filter((kind) => kind !== undefined).length;
      const path = ["checklist", g, "items", i, "id"];
      if (kinds > 1) report.error("shape", path, "an item has at most one of measure, confirm, announce, seal.");
      if (kinds === 0 && item.expect === undefined) {
        report.error(
          "shape",
          path,
          "an item needs one of measure, confirm, announce, seal, or an expect over known facts.",
        );
      }
    });
  });
}
