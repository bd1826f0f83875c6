import type { ChartData } from "./chartData.ts";

/** Where a chart's values and moments lie, as shares of its area: x from the left, y from the top, 0 to 1. */
export type ChartScale = {
  readonly top: number;
  readonly x: (atMs: number) => number;
  readonly y: (value: number) => number;
};

const NICE = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The next figure that reads well on an axis and halves well: 87 → 100, 260 → 300, 0.7 → 0.8. */
export function niceTop(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const size = 10 ** Math.floor(Math.log10(value));
  const nice = NICE.find((step) => step * size >= value * 0.999_999) ?? 10;
  return Number((nice * size).toPrecision(12));
}

function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** The scale of a chart: zero always included, every threshold and limit always in view with room above for its words. */
export function chartScale(data: ChartData): ChartScale {
  const limits = [...(data.thresholds ?? []), ...(data.limits ?? [])].map((limit) => limit.value);
  let highest = Math.max(0, ...limits.map((limit) => limit * 1.05));
  for (const point of data.points) if (point.value !== undefined && point.value > highest) highest = point.value;
  const top = Math.max(data.top ?? 0, data.top !== undefined && highest <= data.top ? 0 : niceTop(highest));
  const spanMs = Math.max(1, data.toMs - data.fromMs);
  return {
    top,
    x: (atMs) => clampShare((atMs - data.fromMs) / spanMs),
    y: (value) => clampShare(1 - value / top),
  };
}

/** The three labels of the value axis, from the top: 100, 50, 0. */
export function axisValues(scale: ChartScale): readonly number[] {
  return [scale.top, scale.top / 2, 0];
}
