import type { ChartData, ChartPoint, ChartThreshold } from "./chartData.ts";
import type { ChartScale } from "./chartScale.ts";

type Known = { readonly atMs: number; readonly value: number };

/**
 * Thins a long series to what a chart of so many columns can show, keeping the lowest and highest of each column: a
 * peak of one second is exactly what somebody is looking for.
 */
export function thin(
  points: readonly ChartPoint[],
  fromMs: number,
  toMs: number,
  columns: number,
): readonly ChartPoint[] {
  const seen = points.filter((point) => point.atMs >= fromMs && point.atMs <= toMs);
  if (seen.length <= columns * 2) return seen;
  const widthMs = Math.max(1, toMs - fromMs) / columns;
  const kept: ChartPoint[] = [];
  let column = -1;
  let low: ChartPoint | undefined;
  let high: ChartPoint | undefined;
  const flush = (): void => {
    if (!low || !high) return;
    if (low === high) kept.push(low);
    else kept.push(...(low.atMs < high.atMs ? [low, high] : [high, low]));
    low = undefined;
    high = undefined;
  };
  for (const point of seen) {
    if (point.value === undefined) {
      flush();
      kept.push(point);
      continue;
    }
    const own = Math.floor((point.atMs - fromMs) / widthMs);
    if (own !== column) flush();
    column = own;
    if (low?.value === undefined || point.value < low.value) low = point;
    if (high?.value === undefined || point.value > high.value) high = point;
  }
  flush();
  const last = seen.at(-1);
  if (last && kept.at(-1) !== last) kept.push(last);
  return kept;
}

/** The stretches that are drawn as one line: cut where a value is unknown and where a gap lies. */
function stretches(data: ChartData, points: readonly ChartPoint[]): readonly (readonly Known[])[] {
  const found: Known[][] = [];
  let current: Known[] = [];
  let previousMs: number | undefined;
  const gaps = data.gaps ?? [];
  for (const point of points) {
    const before = previousMs;
    const isCut =
      point.value === undefined ||
      gaps.some(
        (gap) =>
          (point.atMs > gap.fromMs && point.atMs < gap.toMs) ||
          (before !== undefined && before <= gap.fromMs && point.atMs >= gap.toMs),
      );
    if (isCut && current.length > 0) {
      found.push(current);
      current = [];
    }
    const isInside = gaps.some((gap) => point.atMs > gap.fromMs && point.atMs < gap.toMs);
    if (point.value !== undefined && !isInside) current.push({ atMs: point.atMs, value: point.value });
    previousMs = point.atMs;
  }
  if (current.length > 0) found.push(current);
  return found;
}

function isBeyond(value: number, thresholds: readonly ChartThreshold[]): boolean {
  return thresholds.some((limit) => (limit.bad === "above" ? value > limit.value : value < limit.value));
}

/** Where a line between two points crosses thresholds, in order of time. */
function crossings(from: Known, to: Known, thresholds: readonly ChartThreshold[]): readonly Known[] {
  return thresholds
    .filter((limit) => (from.value - limit.value) * (to.value - limit.value) < 0)
    .map((limit) => ({
      atMs: from.atMs + ((limit.value - from.value) / (to.value - from.value)) * (to.atMs - from.atMs),
      value: limit.value,
    }))
    .sort((a, b) => a.atMs - b.atMs);
}

/** The line of a chart as two SVG paths on an area of 1000 by 1000: what lies within the thresholds, and what beyond. */
export type ChartLine = { readonly within: string; readonly beyond: string };

const AREA = 1000;
const COLUMNS = 400;

/** Draws the line: straight from point to point, no smoothing, turning `stop` only for the stretch beyond a threshold. */
export function chartLine(data: ChartData, scale: ChartScale): ChartLine {
  const thresholds = data.thresholds ?? [];
  const paths = { within: "", beyond: "" };
  const at = (point: Known): string =>
    `${(scale.x(point.atMs) * AREA).toFixed(1)},${(scale.y(point.value) * AREA).toFixed(1)}`;
  for (const stretch of stretches(data, thin(data.points, data.fromMs, data.toMs, COLUMNS))) {
    const [first, ...rest] = stretch;
    if (!first) continue;
    if (rest.length === 0) {
      // A lone point is a line of no length; its round cap makes it a dot.
      paths[isBeyond(first.value, thresholds) ? "beyond" : "within"] += `M${at(first)}l0,0`;
      continue;
    }
    let from = first;
    let side: keyof ChartLine | undefined;
    for (const to of rest) {
      for (const next of [...crossings(from, to, thresholds), to]) {
        const own = isBeyond((from.value + next.value) / 2, thresholds) ? "beyond" : "within";
        paths[own] += own === side ? `L${at(next)}` : `M${at(from)}L${at(next)}`;
        side = own;
        from = next;
      }
    }
  }
  return paths;
}
