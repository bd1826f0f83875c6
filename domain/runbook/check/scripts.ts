import { didYouMean } from "../nearestWord.ts";
import type { Runbook } from "../schema.ts";
import type { Report } from "./report.ts";
import { visitSteps, visitTasks } from "./visit.ts";

/** A script is made of tasks, and each task stands in one: who finds it in two could carry it out twice. */
export function checkScripts(runbook: Runbook, report: Report): void {
  const tasks = visitTasks(runbook).flatMap(({ kind, ownerId }) => (kind === "probe" ? [] : [ownerId]));
  const others = [
    ...runbook.checklist.flatMap(({ items }) => items.map(({ id }) => String(id))),
    ...visitSteps(runbook).map(({ step }) => String(step.id)),
    ...runbook.rollback.steps.map(({ id }) => String(id)),
  ];
  const placed = new Map<string, string>();
  for (const [name, ids] of Object.entries(runbook.scripts)) {
    ids.forEach((id, index) => {
      const path = ["scripts", name, index];
      const earlier = placed.get(id);
      if (earlier !== undefined) report.error("duplicate", path, `"${id}" stands in the script "${earlier}" already.`);
      placed.set(id, earlier ?? name);
      if (tasks.includes(id)) return;
      if (others.includes(id))
        report.error("reference", path, `"${id}" is no task: nothing of it can stand in a script.`);
      else report.error("reference", path, `there is no task "${id}".${didYouMean(id, tasks)}`);
    });
  }
}
