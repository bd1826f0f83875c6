"use client";

import { findGaps } from "../charts/chartData.ts";
import { RateChart } from "../charts/RateChart.tsx";
import type { RatePoint } from "../data/rateHistory.ts";

const REPORTED_EVERY_MS = 1_000;

/** The copy's rate since this page was opened; earlier rates are kept by nobody. */
export default function CopyRate(props: { points: readonly RatePoint[]; nowMs: number; zone: string }) {
  const { points, nowMs, zone } = props;
  const fromMs = points[0]?.atMs ?? nowMs;
  return (
    <RateChart
      title="Rate since this page was opened"
      zone={zone}
      data={{ points, fromMs, toMs: nowMs, gaps: findGaps(points, REPORTED_EVERY_MS, nowMs) }}
      className="phone:col-span-2"
    />
  );
}
