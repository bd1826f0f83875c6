import { formatBytes, formatRate } from "../format/bytes.ts";
import { formatDurationRange } from "../format/duration.ts";
import type { StepId } from "../ids.ts";
import { stretchesOf } from "../run/branches.ts";
import { rollbackPlan } from "../run/rollbackPlan.ts";
import type { StepStage } from "../run/stages.ts";
import type { RunState } from "../run/state.ts";
import { stepOf } from "../run/stepOf.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";
import { laneOf } from "./lane.ts";
import type { Spread } from "./lognormal.ts";
import { chanceWithin } from "./lognormal.ts";
import type { History, LiveProgress } from "./stepSpread.ts";

/** A step or gate in time: plan, what happened, what is expected. Moments in whole ms since the epoch. */
export interface ForecastItem {
  readonly id: string;
  /** The step's number on screen; gates have none. */
  readonly number?: number;
  readonly title: string;
  readonly kind: "step" | "gate";
  readonly section: "forward" | "rollback";
  readonly plannedStart: number;
  readonly plannedEnd: number;
  readonly actualStart?: number;
  readonly actualEnd?: number;
  readonly state: StepStage;
  readonly forecastStart?: number;
  readonly forecastEndP50?: number;
  readonly forecastEndP90?: number;
}

/** When a run is expected to end, and until when going back fits. Moments in whole ms since the epoch; odds from 0 to 1. */
export interface Forecast {
  readonly finishP50?: number;
  readonly finishP90?: number;
  /** The chance that it ends inside its window. */
  readonly oddsInWindow?: number;
  /** Window end − expected rollback time − safety margin. Absent where there is nothing to go back to. */
  readonly pointOfNoReturn?: number;
  /** How long a rollback that began now is planned to take. */
  readonly rollbackMs: number;
  /** Expected end against the plan's; negative when early. Absent before the start. */
  readonly latenessMs?: number;
  /** One sentence: what the forecast rests on. */
  readonly why: string;
  /** Forward steps in order; behind them, once it has begun, the steps of the rollback. */
  readonly items: readonly ForecastItem[];
}

export interface ForecastInputs {
  readonly now: Instant;
  /** The newest progress of each task. */
  readonly progress: ReadonlyMap<string, LiveProgress>;
  readonly history?: History;
  /** Supposed by whoever asks "what if": what is left of these steps takes so many times as long (1 = as expected). */
  readonly supposed?: ReadonlyMap<StepId, number>;
}

/**
 * Forecasts a run: for every step not over, what is left of it (live progress, else earlier runs, else the plan); their sum, of branches
 * the longest, as a lognormal with the same mean and variance, the steps correlated; its quantiles are the range of the end, its
 * distribution gives the odds. A run that is held is forecast as if it went on now.
 */
export function forecastOf(plan: CompiledRunbook, state: RunState, inputs: ForecastInputs): Forecast {
  const { now } = inputs;
  const forward = laneOf({ plan, state, inputs }, stretchesOf(plan.steps), state.windowStartsAt);
  const back = state.rollback?.steps ?? [];
  const backSteps = plan.rollbackSteps.filter(({ id }) => back.includes(id)).map((step) => [[step]]);
  const backward = laneOf({ plan, state, inputs }, backSteps, state.rollback?.beganAt ?? now);
  const isBackward = state.rollback !== undefined;
  const items = [...forward.items, ...backward.items];
  const going = rollbackPlan(plan, state, now);
  const isOpen = state.stage !== "ended" && !isBackward;
  const common = {
    rollbackMs: going.plannedMs,
    ...(isOpen && plan.rollbackSteps.length > 0
      ? { pointOfNoReturn: state.windowEndsAt - going.plannedMs - plan.objective.safetyMarginMs }
      : {}),
    items,
  };
  const plannedEnd = Math.max(state.windowStartsAt, ...forward.items.map((item) => item.plannedEnd));
  if (state.endedAt !== undefined) {
    return {
      ...common,
      finishP50: state.endedAt,
      finishP90: state.endedAt,
      oddsInWindow: state.endedAt <= state.windowEndsAt ? 1 : 0,
      ...(state.outcome === "completed" ? { latenessMs: state.endedAt - plannedEnd } : {}),
      why: "It has ended.",
    };
  }
  const { left, from } = isBackward ? backward : forward;
  return {
    ...common,
    finishP50: Math.round(from + left.p50Ms),
    finishP90: Math.round(from + left.p90Ms),
    oddsInWindow: chanceWithin(left, state.windowEndsAt - from),
    ...(state.startedAt === undefined || isBackward ? {} : { latenessMs: Math.round(from + left.p50Ms - plannedEnd) }),
    why: whyOf(plan, state, inputs, left),
  };
}

function whyOf(plan: CompiledRunbook, state: RunState, inputs: ForecastInputs, left: Spread): string {
  if (state.rollback !== undefined) return `The rollback steps that are left take ${inWords(left)}.`;
  if (state.startedAt === undefined) return `The steps are planned at ${inWords(left)}; it has not started.`;
  if (state.stage === "held") return `It is held; from when it goes on, what is left takes ${inWords(left)}.`;
  const current = plan.steps.find(({ id }) => {
    const stage = stepOf(state, id)?.stage;
    return stage === "running" || stage === "waiting";
  });
  if (current?.work.kind === "gate") return `It waits for a decision; what is left takes ${inWords(left)}.`;
  if (current?.work.kind === "manual") return `It waits for a person; what is left takes ${inWords(left)}.`;
  const taskId = current === undefined ? undefined : stepOf(state, current.id)?.taskId;
  const live = taskId === undefined ? undefined : inputs.progress.get(taskId);
  const { done, total, ratePerSecond } = live?.progress ?? {};
  if (done !== undefined && total !== undefined && ratePerSecond !== undefined && ratePerSecond > 0) {
    if (live?.progress.unit === "bytes")
      return `The copy has ${formatBytes(Math.max(0, total - done))} left at ${formatRate(ratePerSecond)}; with the steps behind it ${inWords(left)}.`;
  }
  return `What is left is planned at ${inWords(left)}.`;
}

const inWords = ({ p50Ms, p90Ms }: Spread): string => formatDurationRange(p50Ms, p90Ms);
