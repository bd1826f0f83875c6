import type { HealthSample } from "../../protocol/agent.ts";
import type { ChartData, ChartGap, ChartPoint } from "../charts/chartData.ts";
import { findGaps } from "../charts/chartData.ts";
import { HEALTH_SPAN_MS, pausesOf } from "../data/health.ts";

/** The lines of one host's charts, and from when they reach. */
export interface HealthSeries {
  readonly fromMs: number;
  readonly cpu: Line;
  /** How busy the disk was; where the host can't say, how much was written to it. */
  readonly disk: { readonly unit: "%" | "MB/s"; readonly data: Line };
  /** Undefined where no database is watched. */
  readonly database: Line | undefined;
}
type Line = Required<Pick<ChartData, "points" | "gaps">>;

/** What is stored comes every ten seconds, what is live each second: three missing ones of the slower make a gap. */
const EXPECTED_EVERY_MS = 10_000;
const SHORTEST_SPAN_MS = 2 * 60_000;

/** Makes lines of samples. A planned stop is a gap that says so; whatever was not measured is a gap, and never zero. */
export function healthSeries(samples: readonly HealthSample[], now: number): HealthSeries {
  const first = samples[0]?.at ?? now;
  const fromMs = Math.min(now - SHORTEST_SPAN_MS, Math.max(first, now - HEALTH_SPAN_MS));
  const shown = samples.filter((sample) => sample.at >= fromMs && sample.at <= now + 1_000);
  const lineOf = (value: (sample: HealthSample) => number | undefined): Line => {
    const points: ChartPoint[] = shown.map((sample) => ({ atMs: sample.at, value: value(sample) }));
    return { points, gaps: findGaps(points, EXPECTED_EVERY_MS, now) };
  };
  const hasBusy = shown.some((sample) => sample.diskBusyPercent !== undefined);
  return {
    fromMs,
    cpu: lineOf((sample) => sample.cpuPercent),
    disk: hasBusy
      ? { unit: "%", data: lineOf((sample) => sample.diskBusyPercent) }
      : { unit: "MB/s", data: lineOf((sample) => sample.diskWriteBytesPerSecond / 1e6) },
    database: databaseLine(shown, now),
  };
}

function databaseLine(samples: readonly HealthSample[], now: number): Line | undefined {
  if (!samples.some((sample) => sample.postgres !== undefined)) return undefined;
  const points: ChartPoint[] = samples.map((sample) => ({
    atMs: sample.at,
    value: sample.postgres?.state === "up" ? sample.postgres.latencyMs : undefined,
  }));
  const pauses = pausesOf(samples, now).map((pause): ChartGap => ({ ...pause, words: "paused: planned stop" }));
  // A stretch that was paused is not also "not measured".
  const gaps = findGaps(points, EXPECTED_EVERY_MS, now).filter(
    (gap) => !pauses.some((pause) => pause.fromMs < gap.toMs && pause.toMs > gap.fromMs),
  );
  return { points, gaps: [...gaps, ...pauses].sort((a, b) => a.fromMs - b.fromMs) };
}
