import { formatTime } from "../../domain/format/time.ts";
import type { ActualBar, Bar } from "./timelineBars.ts";
import { actualBar, rollbackBar, timelineBar } from "./timelineBars.ts";
import type { TimelineData, TimelineGate } from "./timelineData.ts";
import { actualSpans, finish } from "./timelineData.ts";
import type { MeasureText, PlacedLabel } from "./timelineLabels.ts";
import { estimateTextWidth, placeLabels } from "./timelineLabels.ts";
import { timelineWishes } from "./timelineWishes.ts";

export type Diamond = { readonly id: string; readonly x: number; readonly state: TimelineGate["state"] };

/** A tick of the axis; a labelled one has its text, moved inwards where it would leave the frame. */
export type Tick = { readonly x: number; readonly label?: { readonly text: string; readonly x: number } };

/** A timeline in px, ready to draw. x runs from 0 to the width; the lanes begin after the gutter. */
export type TimelineLayout = {
  readonly planned: readonly Bar[];
  readonly plannedGates: readonly Diamond[];
  readonly actual: readonly ActualBar[];
  readonly actualGates: readonly Diamond[];
  readonly ticks: readonly Tick[];
  readonly labels: readonly PlacedLabel[];
  readonly nowX: number | undefined;
  readonly finishX: number | undefined;
  readonly pnrX: number | undefined;
  readonly startX: number;
  readonly endX: number;
};

/** How much room there is, and in which zone its times are named. */
export type TimelineFrame = {
  readonly widthPx: number;
  readonly fontPx: number;
  readonly zone: string;
  /** Room for the lanes' names at the left. */
  readonly gutterPx: number;
  readonly measure?: MeasureText;
};

const MINUTE_MS = 60_000;
const TICKS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map(
  (minutes) => minutes * MINUTE_MS,
);

/** The range a timeline covers: the window, and whatever ran before it or is expected after it. */
export function timelineRange(data: TimelineData): { readonly fromMs: number; readonly toMs: number } {
  const spans = actualSpans(data);
  const starts = [
    data.windowStart,
    ...data.steps.map((item) => item.plannedStart),
    ...spans.map((span) => span.startMs),
  ];
  const ends = [
    data.windowEnd,
    ...data.steps.map((item) => item.plannedEnd),
    ...spans.map((span) => span.latestMs),
    ...(data.otherEnd ? [data.otherEnd.latestMs] : []),
  ];
  const fromMs = Math.min(...starts);
  const toMs = Math.max(...ends, fromMs + MINUTE_MS);
  return { fromMs, toMs };
}

/**
 * Lays a timeline out: planned above, actual and forecast below, labels that never overlap. Pure; the same data and
 * frame give the same picture.
 */
export function layoutTimeline(data: TimelineData, frame: TimelineFrame): TimelineLayout {
  const measure = frame.measure ?? estimateTextWidth(frame.fontPx);
  const { fromMs, toMs } = timelineRange(data);
  const left = frame.gutterPx;
  // Half a label stays free at the right, so that the window's end can be named above its line.
  const right = Math.max(left + 1, frame.widthPx - frame.fontPx * 3.6);
  const pxPerMs = (right - left) / (toMs - fromMs);
  const x = (atMs: number): number => left + (Math.min(toMs, Math.max(fromMs, atMs)) - fromMs) * pxPerMs;
  const spans = actualSpans(data);
  const end = finish(data);
  const isNowShown = data.now >= fromMs && data.now <= toMs && end?.isOver !== true;
  const gates = data.steps.filter((item) => item.kind === "gate");

  return {
    planned: data.steps
      .filter((item) => item.kind === "step")
      .map((item) => timelineBar(item, x(item.plannedStart), x(item.plannedEnd), frame.fontPx, measure)),
    plannedGates: gates.map((gate) => ({
      id: gate.id,
      x: (x(gate.plannedStart) + x(gate.plannedEnd)) / 2,
      state: "ahead",
    })),
    actual: [
      ...spans.flatMap((span, place) =>
        span.item.kind === "gate" ? [] : [actualBar(span, spans[place + 1], x, frame.fontPx, measure)],
      ),
      ...backBar(data, x, measure),
    ],
    actualGates: spans.flatMap(({ item, startMs, endMs }) =>
      item.kind === "gate" ? [{ id: item.id, x: (x(startMs) + x(endMs)) / 2, state: item.state }] : [],
    ),
    ticks: ticks(fromMs, toMs, x, frame, measure),
    labels: placeLabels(timelineWishes(data, spans, x, frame.zone), frame.widthPx, frame.fontPx, measure),
    nowX: isNowShown ? x(data.now) : undefined,
    finishX: end && x(end.atMs),
    pnrX: data.pnr === undefined || end?.isOver ? undefined : x(data.pnr),
    startX: x(data.windowStart),
    endX: x(data.windowEnd),
  };
}

function backBar(data: TimelineData, x: (atMs: number) => number, measure: MeasureText): readonly ActualBar[] {
  const { otherEnd } = data;
  if (otherEnd?.backFromMs === undefined) return [];
  const now = otherEnd.isOver ? otherEnd.atMs : data.now;
  const times = { from: x(otherEnd.backFromMs), now: x(now), to: x(otherEnd.atMs), latest: x(otherEnd.latestMs) };
  return [rollbackBar(times, measure)];
}

function ticks(
  fromMs: number,
  toMs: number,
  x: (atMs: number) => number,
  frame: TimelineFrame,
  measure: MeasureText,
): readonly Tick[] {
  const span = x(toMs) - x(fromMs);
  // Seven labels at most: an axis is there to be glanced at.
  const room = Math.max(measure("00:00") * 1.8, span / 7);
  const stepMs = TICKS_MS.find((each) => (each / (toMs - fromMs)) * span >= room) ?? toMs - fromMs;
  const minorMs = stepMs % (3 * MINUTE_MS) === 0 ? stepMs / 3 : stepMs / 2;
  const found: Tick[] = [];
  const aheadMs = zoneAheadMs(fromMs, frame.zone);
  for (let atMs = Math.ceil((fromMs + aheadMs) / minorMs) * minorMs - aheadMs; atMs <= toMs; atMs += minorMs) {
    const isMajor = (atMs + aheadMs) % stepMs === 0;
    const at = x(atMs);
    const half = measure("00:00") / 2;
    const labelX = Math.min(frame.widthPx - half, Math.max(half, at));
    found.push({ x: at, ...(isMajor && { label: { text: formatTime(atMs, frame.zone), x: labelX } }) });
  }
  return found;
}

/** How far the zone's wall is ahead of UTC within a day, so that ticks fall on its round hours. */
function zoneAheadMs(atMs: number, zone: string): number {
  const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  return (minutesOf(formatTime(atMs, zone)) - minutesOf(formatTime(atMs, "UTC"))) * MINUTE_MS;
}
