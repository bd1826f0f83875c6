import { plannedDurationMs } from "../forecast/plannedDuration.ts";
import type { CompiledRollbackStep, CompiledRunbook, Scope } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";
import { latestFactTree, scopeOf } from "./scope.ts";
import type { RunState } from "./state.ts";

/** What a rollback would do if it began at a moment. */
export interface RollbackPlan {
  readonly steps: readonly CompiledRollbackStep[];
  /** Sum of the planned durations. */
  readonly plannedMs: number;
  readonly loss: Loss;
}

/** What a rollback would lose: nothing, something (a count, or a record of counts), or nobody can tell. */
export type Loss =
  | { readonly kind: "nothing" }
  | {
      readonly kind: "something";
      readonly title: string;
      readonly value: unknown;
      /** When the newest of it was written (ms since the epoch), where the runbook can tell. */
      readonly newestAt?: number;
    }
  | { readonly kind: "unknown"; readonly title: string };

/** The rollback plan for now: the steps whose `when` holds, in the runbook's order. Once it has begun, what was planned then. */
export function rollbackPlan(plan: CompiledRunbook, state: RunState, now: Instant): RollbackPlan {
  const begun = state.rollback?.steps;
  const scope = scopeOf(state, now);
  const steps = plan.rollbackSteps.filter((step) =>
    begun === undefined
      ? // What can't be told may have begun: an undo too many is harmless by design, one too few is not.
        plan.expressions.judge(step.id, step.title, step.when, scope).verdict !== "fail"
      : begun.includes(step.id),
  );
  const known = latestFactTree(state);
  return {
    steps,
    plannedMs: steps.reduce((sum, step) => sum + plannedDurationMs(step.lasts, known).ms, 0),
    loss: lossNow(plan, state, now),
  };
}

/** What going back would lose now, by the runbook's own measure. A runbook without one says that nothing can be lost. */
export function lossNow(plan: CompiledRunbook, state: RunState, now: Instant): Loss {
  return lossIn(plan, scopeOf(state, now));
}

/**
 * What a rollback that has begun left behind, by the last that was measured: on the side that was left nothing is measured any more, and
 * what its rollback counted there while saving it has no successor.
 */
export function lossLeft(plan: CompiledRunbook, state: RunState, now: Instant): Loss {
  return lossIn(plan, { ...scopeOf(state, now), facts: latestFactTree(state) });
}

function lossIn(plan: CompiledRunbook, scope: Scope): Loss {
  const loses = plan.runbook.rollback.loses;
  if (loses === undefined) return { kind: "nothing" };
  const value = plan.expressions.value(loses.expr, scope);
  if (value === undefined) return { kind: "unknown", title: loses.title };
  if (isNothing(value)) return { kind: "nothing" };
  const newest = loses.newest === undefined ? undefined : plan.expressions.value(loses.newest, scope);
  return {
    ...{ kind: "something", title: loses.title, value },
    ...(typeof newest === "number" && newest > 0 ? { newestAt: newest } : {}),
  };
}

function isNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(isNothing);
  return value === 0 || value === false || value === "" || value === null;
}
