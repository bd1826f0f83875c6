import type { StepId } from "../ids.ts";
import type { CompiledStep } from "../runbook/compiled.ts";

/** Steps of one branch, one after another. */
export type BranchSteps = readonly CompiledStep[];

/**
 * A stretch of the way forward: branches side by side. A step that stands alone is one branch of one step. The next stretch begins when all
 * branches of this one are through.
 */
export type Stretch = readonly BranchSteps[];

/** The way forward as stretches, in order. */
export function stretchesOf(steps: readonly CompiledStep[]): readonly Stretch[] {
  const stretches: { readonly of: string | undefined; readonly branches: Map<number, CompiledStep[]> }[] = [];
  for (const step of steps) {
    const last = stretches.at(-1);
    const joins = step.branch !== undefined && last?.of === step.branch.of;
    const stretch = joins && last !== undefined ? last : { of: step.branch?.of, branches: new Map() };
    if (!joins) stretches.push(stretch);
    const number = step.branch?.number ?? 1;
    stretch.branches.set(number, [...(stretch.branches.get(number) ?? []), step]);
  }
  return stretches.map(({ branches }) => [...branches.values()]);
}

/** The steps that stand beside one: those of the other branches. */
export function stepsBeside(steps: readonly CompiledStep[], stepId: StepId): readonly CompiledStep[] {
  const own = steps.find(({ id }) => id === stepId)?.branch;
  if (own === undefined) return [];
  return steps.filter(({ branch }) => branch?.of === own.of && branch.number !== own.number);
}
