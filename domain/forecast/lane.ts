import type { RunState } from "../run/state.ts";
import { gateOf, stepOf } from "../run/stepOf.ts";
import type { CompiledRollbackStep, CompiledRunbook, CompiledStep } from "../runbook/compiled.ts";
import { CorrelatedSum, longestOf } from "./correlated.ts";
import type { ForecastInputs, ForecastItem } from "./forecast.ts";
import type { Moments, Spread } from "./lognormal.ts";
import { momentsOf, remainingAfter, spreadOf } from "./lognormal.ts";
import { liveSpread, plannedStepMs, wholeSpread } from "./stepSpread.ts";

/** One way through a runbook, forward or back, in time. */
export interface Lane {
  /** In the order of the text. */
  readonly items: readonly ForecastItem[];
  /** What is left of all steps together, from the moment `from`. */
  readonly left: Spread;
  readonly from: number;
}

/** What a lane is forecast from. */
export interface LaneBasis {
  readonly plan: CompiledRunbook;
  readonly state: RunState;
  readonly inputs: ForecastInputs;
}

type LaneStep = CompiledStep | CompiledRollbackStep;

/** Where a branch stands in time while its steps are gone through. */
interface Cursor {
  plannedStart: number;
  expectedStart: number;
  /** All that comes before, and the branch so far. */
  readonly sum: CorrelatedSum;
  /** The branch alone. */
  readonly own: CorrelatedSum;
}

/**
 * Forecasts the steps of one way: stretch after stretch, the branches of each beside each other.
 * @param plannedFrom when the first was planned to begin (ms since the epoch)
 */
export function laneOf(
  basis: LaneBasis,
  stretches: readonly (readonly (readonly LaneStep[])[])[],
  plannedFrom: number,
): Lane {
  const { state, inputs } = basis;
  const from = state.startedAt === undefined ? Math.max(inputs.now, state.windowStartsAt) : inputs.now;
  const sum = new CorrelatedSum();
  const items: ForecastItem[] = [];
  let plannedStart = plannedFrom;
  for (const branches of stretches) {
    const expectedStart = Math.round(from + spreadOf(sum.moments()).p50Ms);
    const cursors = branches.map((steps) => {
      const cursor = { plannedStart, expectedStart, sum: sum.copy(), own: new CorrelatedSum() };
      for (const step of steps) items.push(itemOf(basis, step, cursor, from));
      return cursor;
    });
    sum.add(longestOf(cursors.map(({ own }) => own.moments())));
    plannedStart = Math.max(plannedStart, ...cursors.map((cursor) => cursor.plannedStart));
  }
  return { items, left: spreadOf(sum.moments()), from };
}

function itemOf(basis: LaneBasis, step: LaneStep, cursor: Cursor, from: number): ForecastItem {
  const { plan, state, inputs } = basis;
  const plannedMs = Math.round(plannedStepMs(plan, state, step, inputs.now));
  const run = stepOf(state, step.id);
  const isOver = isPassed(step, state);
  const item = {
    id: step.id,
    ...(step.index === undefined ? {} : { number: step.index }),
    title: step.title,
    kind: step.work.kind === "gate" ? ("gate" as const) : ("step" as const),
    section: step.section,
    plannedStart: cursor.plannedStart,
    plannedEnd: cursor.plannedStart + plannedMs,
    ...(run?.beganAt === undefined ? {} : { actualStart: run.beganAt }),
    ...(run?.endedAt === undefined || !isOver ? {} : { actualEnd: run.endedAt }),
    state: run?.stage ?? ("planned" as const),
  };
  cursor.plannedStart += plannedMs;
  if (isOver || isLeftBehind(step, state)) return item;
  const left = supposed(leftOf(step, plannedMs, state, inputs), inputs.supposed?.get(step.id) ?? 1);
  cursor.sum.add(left);
  cursor.own.add(left);
  const until = spreadOf(cursor.sum.moments());
  const forecast = {
    forecastStart: run?.beganAt ?? cursor.expectedStart,
    forecastEndP50: Math.round(from + until.p50Ms),
    forecastEndP90: Math.round(from + until.p90Ms),
  };
  cursor.expectedStart = forecast.forecastEndP50;
  return { ...item, ...forecast };
}

/** A rollback leaves the forward steps where they are, and an end leaves all of them: nothing of them is expected any more. */
function isLeftBehind({ section }: LaneStep, { stage, rollback }: RunState): boolean {
  return stage === "ended" || (section === "forward" && rollback !== undefined);
}

function isPassed(step: LaneStep, state: RunState): boolean {
  const stage = state.steps[step.id]?.stage ?? "planned";
  if (stage === "done" || stage === "skipped") return true;
  if (step.work.kind === "gate") return gateOf(state, step.work.gate.gateId).stage === "open";
  return stage === "failed" && step.onFailure === "continue" && state.steps[step.id]?.dueAt === undefined;
}

function supposed({ p50Ms, p90Ms }: Spread, times: number): Moments {
  return momentsOf({ p50Ms: times * p50Ms, p90Ms: times * p90Ms });
}

function leftOf(
  step: LaneStep,
  plannedMs: number,
  state: RunState,
  { now, progress, history }: ForecastInputs,
): Spread {
  const whole = wholeSpread(step, plannedMs, history ?? new Map());
  const run = stepOf(state, step.id);
  if (run?.beganAt === undefined || (run.stage !== "running" && run.stage !== "waiting")) return whole;
  const live = run.taskId === undefined ? undefined : progress.get(run.taskId);
  const measured = live === undefined ? undefined : liveSpread(live, run.beganAt, now);
  return measured ?? remainingAfter(whole, now - run.beganAt);
}
