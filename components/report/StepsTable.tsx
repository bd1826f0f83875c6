"use client";

import { formatDifference, formatTicking } from "../../domain/format/duration.ts";
import { formatTimeSeconds } from "../../domain/format/time.ts";
import type { StepView } from "../../protocol/http/steps.ts";
import { useRun } from "../data/RunProvider.tsx";
import { markOfGate, markOfStep } from "../run/phaseRows.ts";
import { Card } from "../ui/Card.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { DataTable } from "../ui/DataTable.tsx";
import { GateMark, StepMark } from "../ui/Mark.tsx";

type Line = Pick<StepView, "id" | "title" | "stage" | "plannedMs" | "beganAt" | "endedAt"> & {
  readonly name: string;
  readonly isGate: boolean;
  readonly skipReason: string | null;
};

/** Each step as planned and as it was; after them the steps of the rollback, where there was one. */
export function StepsTable() {
  const { run } = useRun();
  const forward = run.steps.map(
    (step): Line => ({
      ...step,
      isGate: step.kind === "gate",
      name: step.number === null ? `Gate: ${step.title}` : `${step.number} ${step.title}`,
    }),
  );
  const back = run.rolledBack
    ? run.rollback.steps.map(
        (step, place): Line => ({
          ...step,
          isGate: false,
          skipReason: null,
          name: `Back ${place + 1} ${step.title}`,
        }),
      )
    : [];
  const columns: readonly Column<Line>[] = [
    {
      key: "name",
      header: "Step",
      isName: true,
      cell: (line) => (
        <>
          {line.name}
          {line.skipReason !== null && <span className="block text-ink3 text-label">Skipped: {line.skipReason}</span>}
        </>
      ),
    },
    {
      key: "state",
      header: "State",
      cell: (line) =>
        // Of a run that is over nothing is planned any more.
        run.endedAt !== null && line.stage === "planned" ? (
          <span className="text-ink3">{line.isGate ? "not reached" : "not begun"}</span>
        ) : line.isGate ? (
          <GateMark state={markOfGate(run.gates.find((gate) => gate.gateId === line.id))} withWord />
        ) : (
          <StepMark state={markOfStep(line)} withWord />
        ),
    },
    {
      key: "began",
      header: "Began",
      align: "end",
      cell: (line) => (line.beganAt === null ? "" : formatTimeSeconds(line.beganAt, run.zone)),
    },
    { key: "planned", header: "Planned", align: "end", cell: (line) => formatTicking(line.plannedMs) },
    {
      key: "took",
      header: "Took",
      align: "end",
      cell: (line) =>
        line.beganAt === null || line.endedAt === null ? "" : formatTicking(line.endedAt - line.beganAt),
    },
    {
      key: "difference",
      header: "Difference",
      align: "end",
      cell: (line) =>
        line.beganAt === null || line.endedAt === null
          ? ""
          : formatDifference(line.endedAt - line.beganAt - line.plannedMs),
    },
  ];
  return (
    <Card title="Planned against actual">
      <DataTable
        caption="Steps as planned and as they were"
        columns={columns}
        items={[...forward, ...back]}
        keyOf={(line) => line.id}
      />
    </Card>
  );
}
