"use client";

import { formatDuration, formatTicking } from "../../domain/format/duration.ts";
import { formatDayTime, formatTimeSeconds } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Figure } from "../ui/Figure.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { EncryptionBadge } from "../window/EncryptionBadge.tsx";
import { shownState } from "../window/shownState.ts";

/** The headline: how it ended, how long nothing could be written, when it was over, where the data is. */
export function ResultCard() {
  const { run, me } = useRun();
  const { downtime, startedAt, endedAt } = run;
  const word = shownState(run, me.userId);
  const whyBack = run.rolledBack?.reason || run.rolledBack?.detail;
  return (
    <Card aria-label="Result" rehearsal={run.kind === "rehearsal"}>
      <CardContent first>
        <p className="flex flex-wrap gap-2">
          <StateBadge word={word} />
          <EncryptionBadge encrypted={run.encrypted} />
        </p>
        <p className="mt-2 text-large">{run.dataSentence}</p>
        {run.rolledBack && (
          <p className="mt-1 text-ink2">
            Rolled back from {formatTimeSeconds(run.rolledBack.beganAt, run.zone)}
            {run.rolledBack.by ? `, ordered by ${run.rolledBack.by}` : ""}
            {whyBack ? `: ${whyBack}` : "; no reason was given."}
          </p>
        )}
        {run.rolledBack?.left && <p className="mt-1 font-medium text-ask">{run.rolledBack.left}</p>}
        <div className="mt-4 flex flex-wrap gap-x-8 gap-y-3">
          {downtime?.downtimeMs !== null && downtime?.downtimeMs !== undefined ? (
            <Figure
              size="headline"
              label="Writes were stopped for"
              value={formatTicking(downtime.downtimeMs)}
              note={`${downtime.measuredBy === "client" ? "last accepted" : "closed"} ${formatTimeSeconds(downtime.lastAcceptedAt, run.zone)}${
                downtime.firstAcceptedAt === null
                  ? ""
                  : `, ${downtime.measuredBy === "client" ? "first again" : "open again"} ${formatTimeSeconds(downtime.firstAcceptedAt, run.zone)}`
              }`}
            />
          ) : (
            <Figure size="headline" label="Writes were stopped for" value="not measured" />
          )}
          {startedAt !== null && (
            <Figure
              size="headline"
              label={endedAt === null ? "Runs since" : "From start to end"}
              value={
                endedAt === null ? formatTimeSeconds(startedAt, run.zone) : formatTicking(endedAt - startedAt, "always")
              }
              note={`planned ${formatDuration(run.steps.reduce((sum, step) => sum + step.plannedMs, 0))}`}
            />
          )}
          {endedAt !== null && (
            <Figure
              size="headline"
              label="Ended"
              value={formatTimeSeconds(endedAt, run.zone)}
              note={
                endedAt <= run.endsAt
                  ? `${formatDuration(run.endsAt - endedAt)} before the window's end`
                  : `${formatDuration(endedAt - run.endsAt)} after the window's end`
              }
            />
          )}
        </div>
        <p className="mt-3 text-ink3 text-label">
          Window: {formatDayTime(run.startsAt, run.zone)} to {formatDayTime(run.endsAt, run.zone)}. Requested by{" "}
          {run.requesters.join(", ")}. Hosts: {run.hosts.map((host) => host.name).join(", ")}.
        </p>
      </CardContent>
    </Card>
  );
}
