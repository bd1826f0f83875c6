import type { GateMarkState, StepMarkState } from "../ui/Mark.tsx";

type Moments = {
  readonly id: string;
  /** Planned by the runbook and the estimate, milliseconds since the epoch. */
  readonly plannedStart: number;
  readonly plannedEnd: number;
  readonly actualStart?: number;
  readonly actualEnd?: number;
  /** When it is expected to begin; without it, when the one before it is expected to end. */
  readonly forecastStart?: number;
  /** When it is expected to end: half of the runs are done by P50, nine of ten by P90. */
  readonly forecastEndP50?: number;
  readonly forecastEndP90?: number;
};

/** A step on the timeline. */
export type TimelineStep = Moments & {
  readonly kind: "step";
  readonly number: number;
  readonly title: string;
  /** One or two words for a narrow bar: "Create volume". */
  readonly shortTitle?: string;
  readonly state: StepMarkState;
  /** How far it is, shown on its bar while it runs: "61 %". */
  readonly progress?: string;
};

/** A gate on the timeline: a moment at which people decide. */
export type TimelineGate = Moments & {
  readonly kind: "gate";
  readonly title: string;
  readonly state: GateMarkState;
  /** What stands below its name: "GO 02:34:52", "about 03:37, needs 1 GO". */
  readonly note?: string;
};

export type TimelineItem = TimelineStep | TimelineGate;

/** What a timeline shows. Items in the order of the runbook; every moment in milliseconds since the epoch. */
export type TimelineData = {
  readonly steps: readonly TimelineItem[];
  readonly now: number;
  readonly windowStart: number;
  readonly windowEnd: number;
  /** The point of no return, if it is known. */
  readonly pnr?: number;
  /** Set where it does not end by its steps: what of them has not begun never will. */
  readonly otherEnd?: OtherEnd;
};

/** How a run ends that goes back, or was given up. */
export type OtherEnd = {
  /** When the way back began; absent where there is none. */
  readonly backFromMs?: number;
  /** When it is expected to end (P50 and P90), or has. */
  readonly atMs: number;
  readonly latestMs: number;
  readonly isOver: boolean;
};

/** Where an item lies on the lower lane: what has happened, and what is expected. */
export type ActualSpan = {
  readonly item: TimelineItem;
  readonly startMs: number;
  /** End of what has happened: its end, or now while it runs; the start for one still ahead. */
  readonly doneMs: number;
  /** Expected end (P50); the end itself once it ended. */
  readonly endMs: number;
  /** Nine of ten runs have ended by then. */
  readonly latestMs: number;
};

/**
 * Places every item on the lower lane. One that has not begun follows the one before it and is never expected before
 * now, and has no place where the run takes another way; one without a forecast keeps its planned length.
 */
export function actualSpans(data: TimelineData): readonly ActualSpan[] {
  const spans: ActualSpan[] = [];
  let previousEndMs = data.windowStart;
  for (const item of data.steps) {
    if (data.otherEnd && item.actualStart === undefined) continue;
    const plannedMs = Math.max(0, item.plannedEnd - item.plannedStart);
    let span: ActualSpan;
    if (item.actualStart !== undefined && item.actualEnd !== undefined) {
      const endMs = Math.max(item.actualStart, item.actualEnd);
      span = { item, startMs: item.actualStart, doneMs: endMs, endMs, latestMs: endMs };
    } else if (item.actualStart !== undefined) {
      const startMs = item.actualStart;
      const doneMs = Math.max(startMs, data.now);
      const endMs = Math.max(doneMs, item.forecastEndP50 ?? startMs + plannedMs);
      span = { item, startMs, doneMs, endMs, latestMs: Math.max(endMs, item.forecastEndP90 ?? endMs) };
    } else if (item.kind === "step" && item.state === "skipped") {
      span = { item, startMs: previousEndMs, doneMs: previousEndMs, endMs: previousEndMs, latestMs: previousEndMs };
    } else {
      const startMs = item.forecastStart ?? Math.max(previousEndMs, data.now, item.plannedStart);
      const endMs = Math.max(startMs, item.forecastEndP50 ?? startMs + plannedMs);
      span = { item, startMs, doneMs: startMs, endMs, latestMs: Math.max(endMs, item.forecastEndP90 ?? endMs) };
    }
    spans.push(span);
    previousEndMs = Math.max(previousEndMs, span.endMs);
  }
  return spans;
}

/** When all of it is expected to end (P50 and P90), and whether it already has. */
export function finish(
  data: TimelineData,
): { readonly atMs: number; readonly latestMs: number; readonly isOver: boolean } | undefined {
  if (data.otherEnd) return data.otherEnd;
  const spans = actualSpans(data);
  if (spans.length === 0) return undefined;
  return {
    atMs: Math.max(...spans.map((span) => span.endMs)),
    latestMs: Math.max(...spans.map((span) => span.latestMs)),
    isOver: spans.every(
      (span) => span.item.actualEnd !== undefined || (span.item.kind === "step" && span.item.state === "skipped"),
    ),
  };
}
