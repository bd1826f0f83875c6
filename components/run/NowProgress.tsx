"use client";

import clsx from "clsx";
import { lazy } from "react";
import { formatDuration, formatTicking } from "../../domain/format/duration.ts";
import { formatTimeSeconds } from "../../domain/format/time.ts";
import { useIsClamped, useRun } from "../data/RunProvider.tsx";
import { rateHistory } from "../data/rateHistory.ts";
import { Figure } from "../ui/Figure.tsx";
import { Note } from "../ui/Note.tsx";
import { useNow } from "../ui/Now.tsx";
import { Part } from "../ui/Part.tsx";
import { Progress } from "../ui/Progress.tsx";
import type { Tone } from "../ui/tone.ts";
import type { NowStep } from "./nowStep.ts";
import { endWords, progressFigures, progressValueText } from "./progressFigures.ts";

const CopyRate = lazy(() => import("./CopyRate.tsx"));

/** How far the current step is: percent with its bytes, the bar, when it ends and why, rate and files. */
export function NowProgress(props: { step: NowStep; isStale: boolean }) {
  const { step, isStale } = props;
  return step.progress ? (
    <Reported step={step} progress={step.progress} isStale={isStale} />
  ) : (
    <Elapsing step={step} isStale={isStale} />
  );
}

function toneOf(step: NowStep, isStale: boolean): Tone {
  if (isStale) return "unknown";
  if (step.stage === "failed" || step.stage === "cancelled") return "stop";
  if (step.stage === "unknown") return "unknown";
  return step.section === "rollback" ? "back" : "move";
}

function Reported(props: { step: NowStep; progress: NonNullable<NowStep["progress"]>; isStale: boolean }) {
  const { step, progress, isStale } = props;
  const { run } = useRun();
  const now = useNow();
  const isClamped = useIsClamped(step.taskId);
  const figures = progressFigures(progress.progress, step.beganAt, progress.at);
  const isRunning = step.stage === "running";
  const rates = step.taskId === null ? [] : rateHistory.of(step.taskId);
  const isOld = isStale || (isRunning && now - progress.at > OLD_AFTER_MS);
  // From a host that says nothing, nobody can tell when it will be done.
  const ends = isRunning && !isOld ? endWords(step, now, run.zone) : undefined;
  return (
    <div className="mt-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="flex flex-wrap items-baseline gap-x-3">
          {figures.percent !== undefined && (
            <span className={clsx("font-semibold text-headline", isOld && "text-ink2")}>{figures.percent}</span>
          )}
          <span className="text-ink2 text-large">
            {figures.amount}
            {!isRunning && " kept"}
          </span>
          {isOld && <span className="text-ink3 text-label">as of {formatTimeSeconds(progress.at, run.zone)}</span>}
        </p>
        {ends && <p className="text-ink2 text-large">{ends.between}</p>}
      </div>
      <Progress
        className="mt-2"
        label={step.title}
        share={figures.share}
        tone={toneOf(step, isOld)}
        valueText={progressValueText(figures, ends?.between)}
      />
      {ends && (
        <p className="mt-2 text-ink2 text-label">
          {ends.more} {run.forecast.why}
        </p>
      )}
      {isClamped && (
        <Note tone="unknown" className="mt-2">
          The host reported more than there is; its figures were cut to what can be.
        </Note>
      )}
      {((isRunning && figures.rate) || figures.files) && (
        <div className="mt-3 grid grid-cols-[auto_auto_minmax(0,1fr)] items-end gap-x-6 phone:grid-cols-2">
          {/* What stands still has no rate. */}
          {isRunning && figures.rate && (
            <Figure
              label="Rate"
              value={figures.rate.value}
              unit={figures.rate.unit}
              {...(figures.average !== undefined && { note: figures.average })}
            />
          )}
          {figures.files && (
            <Figure
              label="Files"
              value={figures.files.done}
              {...(figures.files.total !== undefined && { note: `of ${figures.files.total}` })}
            />
          )}
          {isRunning && rates.length > 8 && progress.progress.unit === "bytes" && (
            <Part fallback={<div className="h-16" />}>
              <CopyRate points={rates} nowMs={progress.at} zone={run.zone} />
            </Part>
          )}
        </div>
      )}
      {figures.item !== undefined && isRunning && (
        <p className="mt-3 flex gap-2 border-line border-t pt-2 text-label">
          <span className="text-ink3">{progress.progress.unit === "rows" ? "Table" : "File"}</span>
          <span className="min-w-0 truncate font-mono">{figures.item}</span>
        </p>
      )}
    </div>
  );
}

/** A step whose action reports no share: how long it has run against its plan. No bar claims what nobody measured. */
function Elapsing(props: { step: NowStep; isStale: boolean }) {
  const { step, isStale } = props;
  const { run } = useRun();
  const now = useNow();
  if (step.beganAt === null) {
    return <p className="mt-2 text-ink2 text-large">begins next, planned {formatDuration(step.plannedMs)}</p>;
  }
  const elapsedMs = Math.max(0, (step.endedAt ?? now) - step.beganAt);
  const ends = isStale ? undefined : endWords(step, now, run.zone);
  const waits = step.kind === "wait" && step.stage === "waiting";
  return (
    <div className="mt-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className={clsx("font-semibold text-headline", isStale && "text-ink2")}>
            {formatTicking(elapsedMs)}
          </span>
          <span className="text-ink2 text-large">planned {formatDuration(step.plannedMs)}</span>
        </p>
        {ends && <p className="text-ink2 text-large">{ends.between}</p>}
      </div>
      <Progress
        className="mt-2"
        label={step.title}
        // A wait is nothing but its time: there the share is known.
        share={waits && step.plannedMs > 0 ? Math.min(1, elapsedMs / step.plannedMs) : undefined}
        tone={toneOf(step, isStale)}
        valueText={`${formatDuration(elapsedMs)} of about ${formatDuration(step.plannedMs)}`}
      />
    </div>
  );
}

/** A running task that reported nothing for so long: its figures are from then, and say so. */
const OLD_AFTER_MS = 10_000;
