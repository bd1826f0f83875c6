import type { StepId } from "../ids.ts";
import { latestFactTree, scopeOf } from "../run/scope.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledRollbackStep, CompiledRunbook, CompiledStep } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";
import type { Spread } from "./lognormal.ts";
import { plannedDurationMs } from "./plannedDuration.ts";

/** How long a step took in earlier runs and rehearsals, as shares of what was planned then (1 = as planned). */
export type History = ReadonlyMap<StepId, readonly number[]>;

/** How far a live task is, as its agent reports it; a rate in units per second. */
export interface LiveProgress {
  readonly at: number;
  readonly progress: {
    readonly done: number;
    readonly total?: number | undefined;
    readonly ratePerSecond?: number | undefined;
    /** `bytes`, `files`, `rows` or `steps`: what is counted. */
    readonly unit?: string;
  };
}

/**
 * P90 over P50 where nothing was measured yet. 1.5 for what hosts do: the buffer of half that windows are reserved with (S0-06).
 * 2.5 for what people do, whom nobody can plan to the minute.
 */
const PRIOR_RATIO = { host: 1.5, people: 2.5 } as const;
const FEWEST_RUNS = 3;

type ForecastStep = CompiledStep | CompiledRollbackStep;

/** The planned length of a step in ms: for a soak its evaluated duration, else what the runbook says. */
export function plannedStepMs(plan: CompiledRunbook, state: RunState, step: ForecastStep, now: Instant): number {
  const known = latestFactTree(state);
  if (step.work.kind === "wait" && "for" in step.work.wait) {
    const lasts = step.work.wait.for;
    if (typeof lasts === "string" || !("expr" in lasts)) return plannedDurationMs(lasts, known).ms;
    const ms = plan.expressions.value(lasts.expr, { ...scopeOf(state, now), facts: known });
    if (typeof ms === "number" && ms >= 0) return ms;
  }
  return plannedDurationMs(step.lasts, known).ms;
}

/**
 * How long a step takes as a whole. With three earlier runs or more: the plan times the median and the 90th percentile of their
 * shares of the plan, so that it grows with the size of this database. Fewer: the plan, and the ratios above.
 */
export function wholeSpread(step: ForecastStep, plannedMs: number, history: History): Spread {
  const isExact = step.work.kind === "wait" && "for" in step.work.wait;
  const isJudged = step.work.kind === "gate" && step.work.gate.spec.opensBy === "criteria";
  if (isExact || isJudged) return { p50Ms: plannedMs, p90Ms: plannedMs };
  const shares = [...(history.get(step.id) ?? [])].sort((a, b) => a - b);
  if (shares.length >= FEWEST_RUNS) {
    const p50Ms = plannedMs * quantile(shares, 0.5);
    return { p50Ms, p90Ms: Math.max(p50Ms, plannedMs * quantile(shares, 0.9)) };
  }
  const isPeople = step.work.kind === "manual" || step.work.kind === "gate";
  return { p50Ms: plannedMs, p90Ms: plannedMs * PRIOR_RATIO[isPeople ? "people" : "host"] };
}

/**
 * What is left of a task that reports progress: work left by its rate. The rate may change for what is left; the spread is the
 * prior one for the part that is not done, less as more of it is.
 */
export function liveSpread(live: LiveProgress, startedAt: number, now: number): Spread | undefined {
  const { done, total } = live.progress;
  if (total === undefined || total <= 0) return undefined;
  const sinceStartS = (live.at - startedAt) / 1000;
  const averageRate = sinceStartS > 0 ? done / sinceStartS : 0;
  const { ratePerSecond } = live.progress;
  const rate = ratePerSecond !== undefined && ratePerSecond > 0 ? ratePerSecond : averageRate;
  if (rate <= 0) return undefined;
  const left = Math.max(0, total - done);
  const p50Ms = Math.max(0, (left / rate) * 1000 - Math.max(0, now - live.at));
  const leftShare = Math.min(1, left / total);
  return { p50Ms, p90Ms: p50Ms * PRIOR_RATIO.host ** (0.25 + 0.75 * leftShare) };
}

// Linear between the neighbours (type 7 of Hyndman and Fan). `sorted` is not empty.
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 1;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
