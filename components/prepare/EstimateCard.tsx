"use client";

import { formatDuration } from "../../domain/format/duration.ts";
import { formatPercent } from "../../domain/format/percent.ts";
import { formatTime, formatTimeRange } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import type { PhaseRow } from "../run/phaseRows.ts";
import { phaseRows } from "../run/phaseRows.ts";
import { Card, CardContent } from "../ui/Card.tsx";
import { Figure } from "../ui/Figure.tsx";

/** How long it will take by what is measured so far, phase by phase, against the window. */
export function EstimateCard() {
  const { run } = useRun();
  const rows = phaseRows(run).filter((row): row is Extract<PhaseRow, { kind: "phase" }> => row.kind === "phase");
  const { finishP50At, finishP90At, oddsInWindow, pointOfNoReturnAt, why } = run.forecast;
  const from = run.startedAt ?? run.startsAt;
  const plannedMs = run.steps.reduce((sum, step) => sum + step.plannedMs, 0);
  const longest = rows.reduce<PhaseRow | undefined>(
    (most, row) => (most?.kind === "phase" && most.plannedMs >= row.plannedMs ? most : row),
    undefined,
  );
  return (
    <Card title="Estimate" aside={oddsInWindow === null ? undefined : `${formatPercent(oddsInWindow)} in window`}>
      <CardContent>
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          {finishP50At === null && <Figure label="Planned" value={formatDuration(plannedMs)} />}
          {finishP50At !== null && <Figure label="Likely" value={formatDuration(Math.max(0, finishP50At - from))} />}
          {finishP90At !== null && (
            <Figure label="9 of 10 runs" value={formatDuration(Math.max(0, finishP90At - from))} />
          )}
          <Figure label="Window" value={formatDuration(run.endsAt - run.startsAt)} />
        </div>
        <ol aria-label="Planned phases" className="mt-3 flex flex-col gap-1 text-label">
          {rows.map((row) => (
            <PhaseBar
              key={row.id}
              row={row}
              fromMs={rows[0]?.plannedStartAt ?? from}
              totalMs={spanOf(rows)}
              isLongest={row === longest}
            />
          ))}
        </ol>
        <p className="mt-2 text-ink3 text-label">
          {finishP50At !== null && finishP90At !== null && (
            <>Done {formatTimeRange(finishP50At, finishP90At, run.zone)}. </>
          )}
          {pointOfNoReturnAt !== null && <>Point of no return {formatTime(pointOfNoReturnAt, run.zone)}. </>}
          {why}
        </p>
      </CardContent>
    </Card>
  );
}

function spanOf(rows: readonly Extract<PhaseRow, { kind: "phase" }>[]): number {
  const from = rows[0]?.plannedStartAt ?? 0;
  const to = Math.max(from + 1, ...rows.map((row) => row.plannedEndAt));
  return to - from;
}

/** Whole minutes from one minute on: an estimate does not know seconds. */
function wholeMinutes(ms: number): string {
  return formatDuration(ms < 60_000 ? ms : Math.round(ms / 60_000) * 60_000);
}

function PhaseBar(props: {
  row: Extract<PhaseRow, { kind: "phase" }>;
  fromMs: number;
  totalMs: number;
  isLongest: boolean;
}) {
  const { row, fromMs, totalMs } = props;
  const percent = (ms: number): string => `${Math.min(100, Math.max(0, (ms / totalMs) * 100))}%`;
  return (
    <li className="grid grid-cols-[minmax(0,4fr)_minmax(0,4fr)_auto] items-center gap-x-2">
      <span className={props.isLongest ? "truncate font-semibold" : "truncate"} title={row.title}>
        {row.number} {row.title}
      </span>
      <span aria-hidden="true" className="forced-color-adjust-none relative h-2.5">
        <span
          className="absolute inset-y-0 min-w-0.5 rounded-[0.125rem] bg-ink2"
          style={{ left: percent(row.plannedStartAt - fromMs), width: percent(row.plannedMs) }}
        />
      </span>
      <span className={props.isLongest ? "w-16 text-right font-semibold" : "w-16 text-right text-ink2"}>
        {wholeMinutes(row.plannedMs)}
      </span>
    </li>
  );
}
