import type { AnyStep } from "../../domain/run/findStep.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";

/** What undoes a step, as its runbook says; nothing where it says nothing. */
export function undoText(step: AnyStep, { rollbackSteps }: CompiledRunbook): readonly string[] {
  switch (step.section) {
    case "checklist":
      return [];
    case "rollback":
      return step.source.undoes === undefined ? [] : [`It undoes: ${step.source.undoes}`];
    case "forward": {
      const { undo } = step.source;
      if (undo === "nothing") return ["In the runbook there is nothing to undo."];
      const named = undo ?? rollbackSteps.filter(({ when }) => when.includes(`"${step.id}"`)).map(({ id }) => id);
      return named.length === 0 ? [] : [`In the runbook it is undone by: ${named.join(", ")}`];
    }
    default:
      return step satisfies never;
  }
}
