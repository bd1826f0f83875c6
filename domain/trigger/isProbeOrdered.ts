import { scopeOf } from "../run/scope.ts";
import type { RunStage } from "../run/stages.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledProbe, CompiledRunbook } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";
import { isProbePaused } from "./evaluateTrigger.ts";

const WATCHED_STAGES: ReadonlySet<RunStage> = new Set<RunStage>(["running", "held", "rollingBack"]);

/**
 * Whether a host is to carry a probe out now: while the run is live, not while a step has stopped on purpose what it measures, and
 * not before the facts are there that it needs to be told.
 */
export function isProbeOrdered(plan: CompiledRunbook, state: RunState, probe: CompiledProbe, now: Instant): boolean {
  if (!WATCHED_STAGES.has(state.stage) || isProbePaused(state, probe)) return false;
  return plan.expressions.renderArguments(probe.with, scopeOf(state, now)).ok;
}
