"use client";

import { formatDuration, formatTicking } from "../../domain/format/duration.ts";
import { formatTime, formatTimeSeconds } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Progress } from "../ui/Progress.tsx";
import type { NowCard } from "./cards/model.ts";

/** The one large figure of a run that has ended: how long nothing could be written, as measured from outside. */
export function NowHeadline(props: { card: NowCard }) {
  const { run } = useRun();
  if (run.stage !== "ended" || run.outcome === "abandoned" || run.startedAt === null || run.endedAt === null)
    return null;
  const { downtime } = run;
  const isMeasured = downtime?.downtimeMs !== null && downtime?.downtimeMs !== undefined;
  const figureMs = isMeasured ? (downtime?.downtimeMs ?? 0) : run.endedAt - run.startedAt;
  return (
    <>
      <p className="mt-2 flex flex-wrap items-baseline gap-x-3">
        <span className="font-semibold text-headline">{formatTicking(figureMs)}</span>
        <span className="text-ink2 text-large">
          {isMeasured ? "writes were stopped" : "from start to end"}, ended {formatTimeSeconds(run.endedAt, run.zone)}
          {run.endedAt <= run.endsAt
            ? `, ${formatDuration(Math.floor((run.endsAt - run.endedAt) / 60_000) * 60_000)} before the window's end`
            : `, after the window's end at ${formatTime(run.endsAt, run.zone)}`}
        </span>
      </p>
      <Progress
        className="mt-3"
        label={props.card.title}
        share={1}
        tone={run.outcome === "rolledBack" ? "back" : "good"}
        valueText={run.outcome === "rolledBack" ? "rolled back" : "done"}
      />
    </>
  );
}
