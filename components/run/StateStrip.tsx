"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { formatDuration, formatTicking } from "../../domain/format/duration.ts";
import { formatPercent } from "../../domain/format/percent.ts";
import { formatTime, formatTimeRange } from "../../domain/format/time.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { useConnection } from "../data/live/LiveProvider.tsx";
import { useRun } from "../data/RunProvider.tsx";
import { Age, Countdown, Elapsed } from "../ui/Age.tsx";
import { Clock } from "../ui/Clock.tsx";
import { Figure } from "../ui/Figure.tsx";
import { useNow } from "../ui/Now.tsx";
import { StateHeadline } from "../ui/StateBadge.tsx";
import { shownStateOver } from "../window/shownState.ts";
import { countSteps, currentStep } from "./nowStep.ts";

/** The strip that never scrolls away: which state, whether the data is safe, when it is over. */
export function StateStrip() {
  const { run, me } = useRun();
  const { connection } = useConnection();
  const word = shownStateOver(connection, run, me.userId);
  return (
    <section
      aria-label="State"
      className={clsx(
        "sticky top-0 z-10 flex min-h-21 items-stretch border-line border-b bg-surface px-page narrow:static narrow:flex-wrap",
        run.kind === "rehearsal" && "rehearsal border-x-0 border-t-0",
      )}
    >
      <div className="flex min-w-0 flex-1 flex-col justify-center py-2 narrow:basis-full">
        <div className="flex flex-wrap items-center gap-x-3">
          <StateHeadline word={word} />
          <span className="min-w-0 text-ink2 text-large">
            {connection.state === "lost" ? `was ${run.stateWord.toLowerCase()}, ${placeOf(run)}` : placeOf(run)}
          </span>
        </div>
        <p className="mt-0.5 text-ink2 wide:pl-9">
          {run.dataSentence}
          {connection.state === "lost" && (
            <>
              {" "}
              Last known <Age sinceMs={connection.lastKnownMs} ago className="font-semibold text-ink" />.
            </>
          )}
        </p>
      </div>
      <div className="flex items-stretch narrow:-mx-page narrow:grid narrow:basis-[calc(100%+2*var(--page-edge))] narrow:overflow-clip narrow:grid-cols-[repeat(auto-fit,minmax(10.5rem,1fr))] narrow:border-line narrow:border-t">
        <Figures run={run} />
      </div>
    </section>
  );
}

/** "step 11 of 32", or how it ended. */
function placeOf(run: RunView): string {
  const step = currentStep(run);
  if (run.stage === "ended") return "";
  if (!step) return `${countSteps(run)} steps ahead`;
  if (step.section === "rollback") return `Step ${step.place?.nth} of ${step.place?.of} of the rollback`;
  return step.place ? `Step ${step.place.nth} of ${step.place.of}` : step.title;
}

function Cell(props: { children: ReactNode }) {
  return (
    <div className="flex flex-col justify-center -mb-px -ml-px border-line border-b border-l px-5 py-2 wide:border-b-0 wide:last:pr-0">
      {props.children}
    </div>
  );
}

/** Only what is known: a figure without a value is left out, not shown empty. */
function Figures(props: { run: RunView }) {
  const { run } = props;
  const { downtime, forecast } = run;
  const now = useNow();
  const isOver = run.endedAt !== null;
  // A run that has ended counts no more: when users wrote again, nobody here measured.
  const isUnseen = isOver && downtime?.downtimeMs === null;
  return (
    <>
      {downtime && (
        <Cell>
          <Figure
            size="strip"
            label={
              isUnseen
                ? "Writes stopped"
                : downtime.firstAcceptedAt === null
                  ? "Writes stopped for"
                  : "Writes were stopped for"
            }
            value={
              isUnseen ? (
                formatTime(downtime.lastAcceptedAt, run.zone)
              ) : downtime.downtimeMs === null ? (
                <Elapsed sinceMs={downtime.lastAcceptedAt} untilMs={downtime.firstAcceptedAt ?? undefined} />
              ) : (
                formatTicking(downtime.downtimeMs)
              )
            }
            note={
              isUnseen
                ? "the first one after was not seen"
                : downtime.firstAcceptedAt === null
                  ? `since ${formatTime(downtime.lastAcceptedAt, run.zone)}`
                  : `${formatTime(downtime.lastAcceptedAt, run.zone)} to ${formatTime(downtime.firstAcceptedAt, run.zone)}`
            }
          />
        </Cell>
      )}
      {isOver ? (
        <Cell>
          <Figure
            size="strip"
            label="Ended"
            value={formatTime(run.endedAt ?? now, run.zone)}
            note={spareWords(run.endsAt - (run.endedAt ?? now))}
          />
        </Cell>
      ) : (
        forecast.finishP50At !== null && (
          <Cell>
            <Figure
              size="strip"
              label="Forecast finish"
              value={formatTime(forecast.finishP50At, run.zone)}
              note={forecastNote(run)}
            />
          </Cell>
        )
      )}
      {!isOver && forecast.pointOfNoReturnAt !== null && run.rolledBack === null && (
        <Cell>
          <Figure
            size="strip"
            label={now < forecast.pointOfNoReturnAt ? "Point of no return in" : "Point of no return passed"}
            value={<Countdown untilMs={forecast.pointOfNoReturnAt} />}
            note={`at ${formatTime(forecast.pointOfNoReturnAt, run.zone)}`}
          />
        </Cell>
      )}
      {!isOver && (
        <Cell>
          {run.startedAt === null && now < run.startsAt ? (
            <Figure
              size="strip"
              label="Window opens in"
              value={<Countdown untilMs={run.startsAt} />}
              note={`at ${formatTime(run.startsAt, run.zone)}`}
            />
          ) : (
            <Figure
              size="strip"
              label="Window left"
              value={<Countdown untilMs={run.endsAt} />}
              note={`ends ${formatTime(run.endsAt, run.zone)}${spareNote(run)}`}
            />
          )}
        </Cell>
      )}
      {run.startedAt !== null && (
        <Cell>
          <Clock startMs={run.startedAt} endMs={run.endedAt ?? undefined} zone={run.zone} />
        </Cell>
      )}
    </>
  );
}

function forecastNote({ forecast, zone }: RunView): string {
  const { finishP50At, finishP90At, oddsInWindow } = forecast;
  const range = finishP50At !== null && finishP90At !== null ? formatTimeRange(finishP50At, finishP90At, zone) : "";
  const odds = oddsInWindow === null ? "" : `${formatPercent(oddsInWindow)} in window`;
  return [range, odds].filter((part) => part !== "").join(", ");
}

function spareNote({ forecast, endsAt }: RunView): string {
  if (forecast.finishP50At === null) return "";
  return `, ${spareWords(endsAt - forecast.finishP50At)}`;
}

function spareWords(spareMs: number): string {
  const minutes = formatDuration(Math.floor(Math.abs(spareMs) / 60_000) * 60_000);
  return spareMs >= 0 ? `${minutes} spare` : `${minutes} over`;
}
