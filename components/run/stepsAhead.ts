import type { RunView } from "../../protocol/http/runs.ts";
import type { StepView } from "../../protocol/http/steps.ts";

/** The steps forward that are not over, in order. A rollback has none: nothing forward is expected any more. */
export function stepsAhead({ steps }: Pick<RunView, "steps">): readonly StepView[] {
  return steps.filter((step) => step.forecastEndP50At !== null);
}
