import type { DocumentPath } from "../problem.ts";
import type { Runbook } from "../schema.ts";
import type { Report } from "./report.ts";
import { visitSteps } from "./visit.ts";

interface Id {
  readonly id: string;
  readonly path: DocumentPath;
}

/** Ids that must be different: steps, rollback steps and checklist items share one list, as their tasks share one. */
export function checkDuplicates(runbook: Runbook, report: Report): void {
  const unique = (what: string, ids: readonly Id[]): void => {
    const seen = new Set<string>();
    for (const { id, path } of ids) {
      if (seen.has(id)) report.error("duplicate", [...path, "id"], `${what} "${id}" is there twice.`);
      seen.add(id);
    }
  };
  const listed = (list: readonly { readonly id: string }[], path: DocumentPath): Id[] =>
    list.map(({ id }, index) => ({ id, path: [...path, index] }));

  const items = runbook.checklist.flatMap((group, g) => listed(group.items, ["checklist", g, "items"]));
  const steps = visitSteps(runbook).map(({ step, path }) => ({ id: step.id, path }));
  const branching = runbook.phases.flatMap((phase, p) =>
    listed(phase.steps, ["phases", p, "steps"]).filter((_, index) => "parallel" in (phase.steps[index] ?? {})),
  );
  unique("the id", [...items, ...steps, ...branching, ...listed(runbook.rollback.steps, ["rollback", "steps"])]);
  for (const { id, path } of steps) {
    if (id === "go") report.error("duplicate", [...path, "id"], `"go" is the approval gate's own id; choose another.`);
  }
  unique("the group of the checklist", listed(runbook.checklist, ["checklist"]));
  unique("the phase", listed(runbook.phases, ["phases"]));
  unique("the criterion", [
    ...listed(runbook.criteria.go, ["criteria", "go"]),
    ...listed(runbook.criteria.nogo, ["criteria", "nogo"]),
    ...listed(runbook.approval.criteria, ["approval", "criteria"]),
  ]);
  for (const { step, path } of visitSteps(runbook)) {
    if ("gate" in step) unique("the criterion", listed(step.gate.criteria, [...path, "gate", "criteria"]));
  }
  unique("the trigger", listed(runbook.triggers, ["triggers"]));
  unique("the announcement", listed(runbook.announcements, ["announcements"]));
  unique("the task afterwards", listed(runbook.afterwards, ["afterwards"]));

  const facts = Object.keys(runbook.facts);
  for (const fact of facts) {
    const longer = facts.find((other) => other.startsWith(`${fact}.`));
    if (longer !== undefined) {
      report.error("duplicate", ["facts", fact], `"${fact}" can't be a fact and the beginning of "${longer}".`, {
        isKey: true,
      });
    }
  }
}
