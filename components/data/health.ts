import type { HealthSample } from "../../protocol/agent.ts";

/** How far back health is shown. */
export const HEALTH_SPAN_MS = 30 * 60_000;
/** The server keeps one sample in ten seconds; live ones come each second and are kept in twos. */
const STORED_EVERY_MS = 10_000;
const KEEP_EVERY_MS = 2_000;

/** Adds a live sample: the newest always stands at the end, and what is older than the span falls off at the front. */
export function withSample(samples: readonly HealthSample[], sample: HealthSample): readonly HealthSample[] {
  const last = samples.at(-1);
  if (last && sample.at <= last.at) return samples;
  const before = samples.at(-2);
  // A last one that stands nearer than two seconds to the one before it is replaced: 900 points a chart, not 1,800.
  const kept = last && before && last.at - before.at < KEEP_EVERY_MS ? samples.slice(0, -1) : samples;
  const fromMs = sample.at - HEALTH_SPAN_MS;
  const first = kept[0];
  return [...(first && first.at < fromMs - STORED_EVERY_MS ? kept.filter(({ at }) => at >= fromMs) : kept), sample];
}

/** Puts what was stored and what came live together, by time, each moment once. */
export function mergeSamples(stored: readonly HealthSample[], live: readonly HealthSample[]): readonly HealthSample[] {
  const byMoment = new Map([...stored, ...live].map((sample) => [sample.at, sample]));
  return [...byMoment.values()].sort((a, b) => a.at - b.at);
}

/** One stretch in which the database was not looked at, because a step had stopped it. */
export interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The stretches in which the agent's own connection to PostgreSQL was closed for a planned stop. */
export function pausesOf(samples: readonly HealthSample[], toMs: number): readonly Pause[] {
  const pauses: Pause[] = [];
  let fromMs: number | undefined;
  for (const sample of samples) {
    const isPaused = sample.postgres?.state === "paused";
    if (isPaused) fromMs ??= sample.at;
    else if (fromMs !== undefined) {
      pauses.push({ fromMs, toMs: sample.at });
      fromMs = undefined;
    }
  }
  if (fromMs !== undefined) pauses.push({ fromMs, toMs });
  return pauses;
}
