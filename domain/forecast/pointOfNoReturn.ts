import { rollbackPlan } from "../run/rollbackPlan.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";

/**
 * After this moment a rollback no longer fits in the window: window end − expected rollback time − safety margin (DESIGN.md,
 * words). In ms since the epoch, and possibly before the window began. The expected time is that of the steps which a rollback
 * would need now, so it moves as steps begin.
 */
export function pointOfNoReturn(plan: CompiledRunbook, state: RunState, now: Instant): number {
  return state.windowEndsAt - rollbackPlan(plan, state, now).plannedMs - plan.objective.safetyMarginMs;
}
