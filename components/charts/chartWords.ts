import { formatNumber } from "../../domain/format/count.ts";
import { formatTime, formatTimeSeconds } from "../../domain/format/time.ts";
import type { ChartData, ChartPoint } from "./chartData.ts";
import { lastKnown } from "./chartData.ts";

/** How a chart's figures are written: value with unit for reading aloud, and the zone of its moments. */
export type ChartLanguage = {
  readonly title: string;
  /** In words, since it is read aloud: "percent", "megabytes per second", "milliseconds". */
  readonly spokenUnit: string;
  readonly zone: string;
};

/**
 * A chart in one sentence for whoever cannot see it: "CPU, percent, from 02:34 to 03:04: 12 to 61, now 38. Limit: notify
 * 85. Paused: planned stop from 02:38."
 */
export function describeChart(data: ChartData, language: ChartLanguage): string {
  const { title, spokenUnit, zone } = language;
  const known = data.points.flatMap((point) => (point.value === undefined ? [] : [point.value]));
  const span = `from ${formatTime(data.fromMs, zone)} to ${formatTime(data.toMs, zone)}`;
  const sentences: string[] = [];
  const newest = lastKnown(data.points);
  if (newest === undefined) sentences.push(`${title}, ${spokenUnit}, ${span}: not measured.`);
  else {
    const range = `${formatNumber(Math.min(...known))} to ${formatNumber(Math.max(...known))}`;
    const isNow = data.toMs - newest.atMs <= 10_000;
    const last = `${isNow ? "now" : `last at ${formatTimeSeconds(newest.atMs, zone)}`} ${formatNumber(newest.value)}`;
    sentences.push(`${title}, ${spokenUnit}, ${span}: ${range}, ${last}.`);
  }
  for (const limit of [...(data.thresholds ?? []), ...(data.limits ?? [])])
    sentences.push(`Line at ${formatNumber(limit.value)}: ${limit.label}.`);
  for (const gap of data.gaps ?? []) {
    const words = `${gap.words.charAt(0).toUpperCase()}${gap.words.slice(1)}`;
    const end = gap.toMs >= data.toMs ? " on" : ` to ${formatTime(gap.toMs, zone)}`;
    sentences.push(`${words} from ${formatTime(gap.fromMs, zone)}${end}.`);
  }
  return sentences.join(" ");
}

/** The rows of the table behind a chart: so many moments, evenly spread, newest first, gaps named instead of valued. */
export function chartRows(
  data: ChartData,
  count: number,
): readonly { atMs: number; value: number | undefined; words?: string }[] {
  const stepMs = Math.max(1, data.toMs - data.fromMs) / Math.max(1, count - 1);
  const rows: { atMs: number; value: number | undefined; words?: string }[] = [];
  for (let place = count - 1; place >= 0; place -= 1) {
    const atMs = Math.round(data.fromMs + place * stepMs);
    const gap = (data.gaps ?? []).find((each) => atMs > each.fromMs && atMs < each.toMs);
    if (gap) rows.push({ atMs, value: undefined, words: gap.words });
    else {
      const point = newestUpTo(data.points, atMs, atMs - stepMs);
      rows.push({ atMs: point?.atMs ?? atMs, value: point?.value, ...(point ? {} : { words: "not measured" }) });
    }
  }
  return rows;
}

function newestUpTo(points: readonly ChartPoint[], atMs: number, afterMs: number): ChartPoint | undefined {
  let found: ChartPoint | undefined;
  for (const point of points) {
    if (point.atMs > atMs) break;
    if (point.atMs > afterMs && point.value !== undefined) found = point;
  }
  return found;
}
