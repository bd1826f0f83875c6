import { formatTime, formatTimeSeconds } from "../../domain/format/time.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import type { TimelineData, TimelineItem } from "../timeline/timelineData.ts";
import type { StepMarkState } from "../ui/Mark.tsx";
import type { PhaseRow } from "./phaseRows.ts";
import { phaseRows } from "./phaseRows.ts";

/**
 * The timeline of a run: one bar for each phase, because thirty steps of seconds and one of an hour can't be read on one line;
 * gates as diamonds where they stand. The single steps are in the list beside it.
 * @param percent how far the current step is, where it says so
 */
export function timelineOf(run: RunView, now: number, percent?: string): TimelineData {
  const steps = phaseRows(run).map((row) => (row.kind === "gate" ? gateItem(run, row) : phaseItem(run, row, percent)));
  return {
    steps,
    // A run that has ended stands still.
    now: run.endedAt ?? now,
    windowStart: Math.min(run.startsAt, run.startedAt ?? run.startsAt),
    windowEnd: run.endsAt,
    ...(run.forecast.pointOfNoReturnAt !== null && { pnr: run.forecast.pointOfNoReturnAt }),
    ...otherEnd(run, now),
  };
}

/** How a run ends that goes back or was abandoned; nothing for one that goes on to its last step. */
function otherEnd(run: RunView, now: number): Pick<TimelineData, "otherEnd"> {
  const { rolledBack, endedAt, forecast } = run;
  if (rolledBack === null && run.outcome !== "abandoned") return {};
  const atMs = endedAt ?? forecast.finishP50At ?? now;
  return {
    otherEnd: {
      ...(rolledBack !== null && { backFromMs: rolledBack.beganAt }),
      atMs,
      latestMs: endedAt ?? Math.max(atMs, forecast.finishP90At ?? atMs),
      isOver: endedAt !== null,
    },
  };
}

function phaseItem(run: RunView, row: Extract<PhaseRow, { kind: "phase" }>, percent: string | undefined): TimelineItem {
  // What was done stays done on the forward lane; while the run goes back, what it had begun is being undone.
  const isUndone = run.outcome === "rolledBack" && row.beganAt !== null;
  const state: StepMarkState = isUndone
    ? "undone"
    : run.stage === "held" && row.state === "running"
      ? "held"
      : row.state;
  return {
    kind: "step",
    id: row.id,
    number: row.number,
    title: row.title,
    shortTitle: row.title.split(" ").slice(0, 2).join(" "),
    state,
    plannedStart: row.plannedStartAt,
    plannedEnd: row.plannedEndAt,
    ...(row.beganAt !== null && { actualStart: row.beganAt }),
    ...endOf(run, row),
    ...(row.forecastStartAt !== null && row.beganAt === null && { forecastStart: row.forecastStartAt }),
    ...(row.endP50At !== null && row.endedAt === null && { forecastEndP50: row.endP50At }),
    ...(row.endP90At !== null && row.endedAt === null && { forecastEndP90: row.endP90At }),
    ...(percent !== undefined && row.steps.length === 1 && row.id === run.currentStepId && { progress: percent }),
  };
}

/** The end of a phase; what had begun when the run ended or went back ended with that. */
function endOf(run: RunView, row: Extract<PhaseRow, { kind: "phase" }>): { actualEnd?: number } {
  if (row.endedAt !== null) return { actualEnd: row.endedAt };
  if (row.beganAt === null || (run.endedAt === null && run.rolledBack === null)) return {};
  return { actualEnd: Math.max(...row.steps.flatMap((step) => step.endedAt ?? step.beganAt ?? []), row.beganAt) };
}

function gateItem(run: RunView, row: Extract<PhaseRow, { kind: "gate" }>): TimelineItem {
  const { step } = row;
  return {
    kind: "gate",
    id: row.id,
    title: step.title,
    state: row.state,
    ...gateNote(run, row),
    plannedStart: step.plannedStartAt,
    plannedEnd: step.plannedEndAt,
    ...(step.beganAt !== null && { actualStart: step.beganAt }),
    ...(step.endedAt !== null && { actualEnd: step.endedAt }),
    ...(step.forecastStartAt !== null && step.beganAt === null && { forecastStart: step.forecastStartAt }),
    ...(step.forecastEndP50At !== null && step.endedAt === null && { forecastEndP50: step.forecastEndP50At }),
  };
}

function gateNote(run: RunView, { step, state, note }: Extract<PhaseRow, { kind: "gate" }>): { note?: string } {
  const gate = run.gates.find(({ gateId }) => gateId === step.id);
  if (state === "open" && step.endedAt !== null) {
    return { note: `${gate?.opensBy === "people" ? "GO" : "open"} ${formatTimeSeconds(step.endedAt, run.zone)}` };
  }
  if (state === "nogo") return { note: gate?.opensBy === "people" ? "NO-GO" : "refused" };
  if (state === "waiting") return { note: "waits" };
  if (gate?.opensBy === "criteria") return {};
  const about = step.forecastStartAt === null ? "" : `about ${formatTime(step.forecastStartAt, run.zone)}, `;
  return { note: `${about}${note}` };
}
