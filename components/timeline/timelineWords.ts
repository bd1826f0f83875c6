import { formatDuration } from "../../domain/format/duration.ts";
import { formatTime, formatTimeRange } from "../../domain/format/time.ts";
import type { TimelineData, TimelineItem } from "./timelineData.ts";
import { actualSpans, finish } from "./timelineData.ts";

const ON_PLAN_MS = 60_000;

/** How far behind or ahead of plan the run is: "6 min behind plan", "on plan"; undefined before anything began and on another way. */
export function planDifference(data: TimelineData): string | undefined {
  if (data.otherEnd) return undefined;
  const begun = actualSpans(data).filter((span) => span.item.actualStart !== undefined);
  const latest = begun.at(-1);
  if (!latest) return undefined;
  const behindMs = latest.endMs - latest.item.plannedEnd;
  if (Math.abs(behindMs) < ON_PLAN_MS) return "on plan";
  const amount = formatDuration(Math.round(Math.abs(behindMs) / ON_PLAN_MS) * ON_PLAN_MS);
  return `${amount} ${behindMs > 0 ? "behind" : "ahead of"} plan`;
}

/** The timeline in a few sentences, for whoever cannot see it. */
export function describeTimeline(data: TimelineData, zone: string): string {
  const steps = data.steps.filter((item) => item.kind === "step");
  const current = steps.findLast((step) => step.actualStart !== undefined && step.actualEnd === undefined);
  const end = finish(data);
  const sentences = [`Timeline ${formatTime(data.windowStart, zone)} to ${formatTime(data.windowEnd, zone)}.`];
  const backFromMs = data.otherEnd?.backFromMs;
  if (backFromMs !== undefined) sentences.push(`Rolling back from ${formatTime(backFromMs, zone)}.`);
  if (end?.isOver) sentences.push(`Finished ${formatTime(end.atMs, zone)}.`);
  else {
    const place = current ? `, step ${current.number} of ${steps.length}, ${current.state}` : "";
    const difference = planDifference(data);
    sentences.push(`Now ${formatTime(data.now, zone)}${place}${difference === undefined ? "" : `, ${difference}`}.`);
    if (end) {
      sentences.push(
        `Forecast finish ${formatTime(end.atMs, zone)}, ${formatTimeRange(end.atMs, end.latestMs, zone)}.`,
      );
    }
    if (data.pnr !== undefined) sentences.push(`Point of no return ${formatTime(data.pnr, zone)}.`);
  }
  sentences.push(`Window ends ${formatTime(data.windowEnd, zone)}.`);
  return sentences.join(" ");
}

/** One row of the table behind the timeline; times as text, empty where there is none. */
export type TimelineTableRow = {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly planned: string;
  readonly actual: string;
};

const GATE_WORDS = { ahead: "ahead", waiting: "waits", open: "open", nogo: "NO-GO" } as const;

function nameOf(item: TimelineItem): string {
  return item.kind === "gate" ? `Gate ${item.title}` : `${item.number} ${item.title}`;
}

/** The table behind the timeline: each step and gate with its state, its planned times, and its own or expected ones. */
export function timelineTable(data: TimelineData, zone: string): readonly TimelineTableRow[] {
  const spans = new Map(actualSpans(data).map((span) => [span.item.id, span]));
  return data.steps.map((item) => {
    const span = spans.get(item.id);
    const planned = `${formatTime(item.plannedStart, zone)} to ${formatTime(item.plannedEnd, zone)}`;
    const common = {
      id: item.id,
      name: nameOf(item),
      state: item.kind === "gate" ? GATE_WORDS[item.state] : item.state,
      planned,
    };
    if (!span) return { ...common, actual: "not begun" };
    const { startMs, endMs } = span;
    const from = formatTime(startMs, zone);
    const to = formatTime(endMs, zone);
    const isSkipped = item.kind === "step" && item.state === "skipped";
    let actual = `${from} to ${to}`;
    if (isSkipped) actual = "none";
    else if (item.actualStart === undefined) actual = `about ${from} to ${to}`;
    else if (item.actualEnd === undefined) actual = `${from} to about ${to}`;
    return { ...common, actual };
  });
}
