"use client";

import type { ChartData } from "../charts/chartData.ts";
import { HealthChart } from "../charts/HealthChart.tsx";
import { useRun } from "../data/RunProvider.tsx";
import { useHealth } from "../data/useHealth.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import { useNow } from "../ui/Now.tsx";
import { Wells } from "../ui/Wells.tsx";
import { healthSeries } from "./healthSeries.ts";
import { phaseRows } from "./phaseRows.ts";

/** CPU, disk and PostgreSQL of one host over the last half hour, with the starts of the run's phases. */
export default function HealthCharts(props: { hostId: string }) {
  const { run } = useRun();
  const samples = useHealth(props.hostId);
  const now = useNow();
  if (!samples) return <Wells label="the charts" lines={3} className="h-26 p-0" />;
  if (samples.length === 0) {
    return (
      <EmptyState title="Nothing was measured yet" className="px-0 py-0">
        CPU, disk and PostgreSQL of this host are shown here as soon as its agent is connected.
      </EmptyState>
    );
  }
  const starts = phaseRows(run).flatMap((row) =>
    row.kind === "phase" && row.beganAt !== null ? [{ atMs: row.beganAt, number: row.number }] : [],
  );
  const { cpu, disk, database, fromMs } = healthSeries(samples, now);
  const frame = { fromMs, toMs: now, stepStarts: starts.filter(({ atMs }) => atMs > fromMs) };
  const percent = (data: Pick<ChartData, "points" | "gaps">): ChartData => ({ ...frame, ...data, top: 100 });
  return (
    <div className="grid grid-cols-3 gap-5 phone:grid-cols-1">
      <HealthChart title="CPU" unit="%" spokenUnit="percent" zone={run.zone} data={percent(cpu)} />
      {disk.unit === "%" ? (
        <HealthChart title="Disk busy" unit="%" spokenUnit="percent" zone={run.zone} data={percent(disk.data)} />
      ) : (
        <HealthChart
          title="Disk written"
          unit="MB/s"
          spokenUnit="megabytes per second"
          zone={run.zone}
          data={{ ...frame, ...disk.data }}
        />
      )}
      {database && (
        <HealthChart
          title="PostgreSQL latency"
          unit="ms"
          spokenUnit="milliseconds"
          zone={run.zone}
          data={{ ...frame, ...database }}
        />
      )}
    </div>
  );
}
