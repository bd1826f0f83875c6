"use client";

import clsx from "clsx";
import { Fragment, useState } from "react";
import { formatDuration } from "../../domain/format/duration.ts";
import type { StepView } from "../../protocol/http/steps.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Card } from "../ui/Card.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { GateMark, StepMark } from "../ui/Mark.tsx";
import { useNow } from "../ui/Now.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import type { PhaseRow } from "./phaseRows.ts";
import { markOfStep, phaseRows } from "./phaseRows.ts";
import { WhatIfLine } from "./WhatIfLine.tsx";

/** The steps in a card of their own, at the left of a wide page. */
export function StepsCard() {
  return (
    <Card title="Steps" aside="took / plan">
      <StepsList />
    </Card>
  );
}

/** Phases with their steps, and the gates between them. The phase that is on is open; any other opens on a press. */
export function StepsList() {
  const { run } = useRun();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string): void =>
    setOpened((known) => (known.has(id) ? new Set([...known].filter((each) => each !== id)) : new Set(known).add(id)));
  return (
    <>
      <Rows ordered label="Steps" className="pb-2">
        {phaseRows(run).map((row) =>
          row.kind === "gate" ? (
            <Row
              key={row.id}
              density="step"
              chosen={row.id === run.currentStepId}
              mark={<GateMark state={row.state} />}
              className={clsx(row.state === "ahead" && "text-ink2")}
              aside={
                <span className="font-normal text-ink3">
                  {row.state === "ahead" ? "" : row.state === "waiting" ? "waits" : row.note}
                </span>
              }
            >
              <span title={`${row.step.title}, ${row.note}`}>{row.step.title}</span>
            </Row>
          ) : (
            <Phase key={row.id} row={row} isOpened={opened.has(row.id)} onToggle={() => toggle(row.id)} />
          ),
        )}
      </Rows>
      <WhatIfLine />
    </>
  );
}

function Phase(props: { row: Extract<PhaseRow, { kind: "phase" }>; isOpened: boolean; onToggle: () => void }) {
  const { row } = props;
  const { run } = useRun();
  const isCurrent = row.steps.some((step) => step.id === run.currentStepId);
  const isOpen = isCurrent || props.isOpened;
  const hasMore = row.steps.length > 1;
  return (
    <>
      <Row
        density="step"
        chosen={isCurrent && !hasMore}
        mark={<StepMark state={row.state} />}
        className={clsx(isCurrent && "font-semibold", row.state === "planned" && !isCurrent && "text-ink2")}
        aside={<Took beganAt={row.beganAt} endedAt={row.endedAt} plannedMs={row.plannedMs} />}
      >
        {hasMore && !isCurrent ? (
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={props.onToggle}
            className="-outline-offset-2 w-full truncate text-left hover:underline touch:min-h-11"
            title={row.title}
          >
            {row.number} {row.title}
          </button>
        ) : (
          <span title={row.title}>
            {row.number} {row.title}
          </span>
        )}
      </Row>
      {hasMore &&
        isOpen &&
        row.steps.map((step, index) => (
          <Fragment key={step.id}>
            {step.branch !== null && !isSameBranch(step, row.steps[index - 1]) && <BranchRow branch={step.branch} />}
            <Step step={step} />
          </Fragment>
        ))}
    </>
  );
}

const isSameBranch = ({ branch }: StepView, other: StepView | undefined): boolean =>
  branch?.of === other?.branch?.of && branch?.title === other?.branch?.title;

/** Above the first step of a branch: beside what it goes on. */
function BranchRow(props: { branch: NonNullable<StepView["branch"]> }) {
  return (
    <Row density="step" mark={<Glyph name="branch" />} className="ml-6 pl-2 text-ink3">
      <span title={`${props.branch.of}: ${props.branch.title}`}>
        <span className="sr-only">Branch </span>
        {props.branch.title}
      </span>
    </Row>
  );
}

function Step(props: { step: StepView }) {
  const { step } = props;
  const { run } = useRun();
  return (
    <Row
      density="step"
      chosen={step.id === run.currentStepId}
      mark={<StepMark state={markOfStep(step)} />}
      className={clsx("ml-6 pl-2", step.stage === "planned" && "text-ink2")}
      aside={<Took beganAt={step.beganAt} endedAt={step.endedAt} plannedMs={step.plannedMs} />}
    >
      <span title={step.skipReason === null ? step.title : `${step.title}. Skipped: ${step.skipReason}`}>
        {step.title}
      </span>
    </Row>
  );
}

/** "0:42 / 4 min": how long it took, or has taken, and its plan. */
function Took(props: { beganAt: number | null; endedAt: number | null; plannedMs: number }) {
  const now = useNow();
  const plan = shortDuration(props.plannedMs);
  if (props.beganAt === null) return <span className="font-normal text-ink3">{plan}</span>;
  const tookMs = Math.max(0, (props.endedAt ?? now) - props.beganAt);
  return (
    <span className={clsx(props.endedAt === null ? "text-move" : "font-normal text-ink3")}>
      {shortDuration(tookMs)} / {plan}
    </span>
  );
}

/** A duration in its largest unit alone, for a narrow column. */
function shortDuration(ms: number): string {
  if (ms < 60_000) return formatDuration(ms);
  if (ms < 120 * 60_000) return `${Math.round(ms / 60_000)} min`;
  return formatDuration(ms);
}
