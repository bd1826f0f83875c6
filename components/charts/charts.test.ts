import { describe, expect, test } from "vitest";
import type { ChartData, ChartPoint } from "./chartData.ts";
import { findGaps, lastKnown } from "./chartData.ts";
import { chartLine, thin } from "./chartLine.ts";
import { axisValues, chartScale, niceTop } from "./chartScale.ts";
import { chartRows, describeChart } from "./chartWords.ts";
import { spreadLabels, withRoom } from "./labelRoom.ts";

const START = Date.UTC(2026, 11, 3, 10, 34);
const every = (stepMs: number, values: readonly (number | undefined)[]): ChartPoint[] =>
  values.map((value, place) => ({ atMs: START + place * stepMs, value }));
const over = (points: readonly ChartPoint[], rest: Partial<ChartData> = {}): ChartData => ({
  points,
  fromMs: START,
  toMs: points.at(-1)?.atMs ?? START,
  ...rest,
});

describe("the scale", () => {
  test("an axis ends at a figure that reads well, and holds zero", () => {
    expect([87, 260, 0.7, 1000, 0, Number.NaN].map(niceTop)).toEqual([100, 300, 0.8, 1000, 1, 1]);
    const scale = chartScale(over(every(1000, [20, 40])));
    expect(axisValues(scale)).toEqual([40, 20, 0]);
    expect(scale.y(0)).toBe(1);
  });

  test("a threshold is in view even when nothing comes near it", () => {
    const scale = chartScale(
      over(every(1000, [1, 2]), { thresholds: [{ value: 250, bad: "above", label: "roll back 250" }] }),
    );
    expect(scale.top).toBe(300);
    expect(scale.y(250)).toBeGreaterThan(0);
  });

  test("percent ends at 100, and still shows a load above it", () => {
    expect(chartScale(over(every(1000, [38]), { top: 100 })).top).toBe(100);
    expect(chartScale(over(every(1000, [131]), { top: 100 })).top).toBe(150);
  });
});

describe("the line", () => {
  test("turns stop only for the stretch beyond its threshold, cut exactly where it crosses", () => {
    const data = over(every(1000, [80, 100, 80]), {
      top: 100,
      thresholds: [{ value: 90, bad: "above", label: "hold 90" }],
    });
    const line = chartLine(data, chartScale(data));
    expect(line.beyond).toBe("M250.0,100.0L500.0,0.0L750.0,100.0");
    expect(line.within).toBe("M0.0,200.0L250.0,100.0M750.0,100.0L1000.0,200.0");
  });

  test("is cut where a value is unknown and where a stop was planned, never drawn as zero", () => {
    const points = every(1000, [10, 10, undefined, 10, 10, 10]);
    const data = over(points, {
      top: 20,
      gaps: [{ fromMs: START + 4000, toMs: START + 5000, words: "paused: planned stop" }],
    });
    const { within } = chartLine(data, chartScale(data));
    expect(within.match(/M/g)).toHaveLength(3);
    expect(within).not.toContain("1000.0L");
    expect(within).not.toContain(",1000.0");
  });

  test("a single measurement is still seen", () => {
    const data = over(every(1000, [10]), { toMs: START + 1000 });
    expect(chartLine(data, chartScale(data)).within).toMatch(/^M.*l0,0$/);
  });

  test("thinning keeps every peak and every unknown", () => {
    const values = Array.from({ length: 20_000 }, (_, place) => (place === 7777 ? 99 : place === 12_345 ? -5 : 1));
    const kept = thin(every(100, values), START, START + 2_000_000, 200);
    expect(kept.length).toBeLessThanOrEqual(402);
    expect(kept.some((point) => point.value === 99)).toBe(true);
    expect(kept.some((point) => point.value === -5)).toBe(true);
    const times = kept.map((point) => point.atMs);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
  });
});

describe("gaps and words", () => {
  test("three missed measurements make a gap, also at the newest end", () => {
    const points = [...every(1000, [1, 2]), { atMs: START + 9000, value: 3 }];
    expect(findGaps(points, 1000, START + 20_000)).toEqual([
      { fromMs: START + 1000, toMs: START + 9000, words: "not measured" },
      { fromMs: START + 9000, toMs: START + 20_000, words: "not measured" },
    ]);
    expect(findGaps(every(1000, [1, 2, 3]), 1000, START + 3000)).toEqual([]);
    expect(lastKnown(every(1000, [4, undefined]))).toEqual({ atMs: START, value: 4 });
  });

  test("a screen reader hears range, newest value, limits and stops in one sentence each", () => {
    const data = over(every(60_000, [12, 61, 38]), {
      thresholds: [{ value: 85, bad: "above", label: "notify 85" }],
      gaps: [{ fromMs: START + 60_000, toMs: START + 120_000, words: "paused: planned stop" }],
    });
    expect(describeChart(data, { title: "CPU", spokenUnit: "percent", zone: "America/Los_Angeles" })).toBe(
      "CPU, percent, from 02:34 to 02:36: 12 to 61, now 38. Line at 85: notify 85. Paused: planned stop from 02:35 on.",
    );
  });

  test("a chart without a single measurement says so", () => {
    expect(
      describeChart(over([], { toMs: START + 60_000 }), { title: "CPU", spokenUnit: "percent", zone: "UTC" }),
    ).toBe("CPU, percent, from 10:34 to 10:35: not measured.");
  });

  test("the table behind names a gap instead of a value", () => {
    const data = over(every(60_000, [1, 2, 3, 4, 5]), {
      gaps: [{ fromMs: START + 30_000, toMs: START + 90_000, words: "paused: planned stop" }],
    });
    expect(chartRows(data, 5).map((row) => row.words ?? row.value)).toEqual([5, 4, 3, "paused: planned stop", 1]);
  });
});

describe("labels", () => {
  test("two limits close together keep their labels apart and inside the plot", () => {
    expect(spreadLabels([0.1, 0.15, 0.9], 0.3)).toEqual([0.1, 0.4, 0.9]);
    expect(spreadLabels([0.95, 0.9], 0.3)).toEqual([1, 0.7]);
    expect(spreadLabels([], 0.3)).toEqual([]);
  });

  test("a step number that would touch the one before it is dropped", () => {
    expect(withRoom([0.1, 0.12, 0.3], 0.06)).toEqual([0.1, 0.3]);
  });
});
