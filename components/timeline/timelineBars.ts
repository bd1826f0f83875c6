import type { ActualSpan, TimelineItem } from "./timelineData.ts";
import type { MeasureText } from "./timelineLabels.ts";
import { fitWords } from "./timelineLabels.ts";

const LEAST_BAR_PX = 2;

/** A box of one lane, in px. Its text is empty when nothing fits. */
export type Bar = {
  readonly id: string;
  readonly left: number;
  readonly width: number;
  readonly text: string;
  readonly isCentred: boolean;
};

/** How a bar of the lower lane is drawn. */
export type ActualBar = Bar & {
  readonly look: "done" | "running" | "held" | "failed" | "future" | "skipped" | "unknown" | "back";
  /** Whether the text stands on what is done (on a fill) or on the rest. */
  readonly textOn: "done" | "rest";
  /** Width of what has happened; the rest of `width` is washed. */
  readonly doneWidth: number;
  /** Width of the hatched tail (P90) after the bar. */
  readonly tailWidth: number;
};

/** A bar of a lane from one x to another, with as much of its name as fits. */
export function timelineBar(item: TimelineItem, from: number, to: number, fontPx: number, measure: MeasureText): Bar {
  // A hair's breadth between neighbours, so that two bars are seen as two.
  const width = Math.max(LEAST_BAR_PX, to - from - 1.5);
  return { id: item.id, left: from + 0.75, width, ...barText(item, width, fontPx, measure, false) };
}

function barText(
  item: TimelineItem,
  width: number,
  fontPx: number,
  measure: MeasureText,
  withProgress: boolean,
): { readonly text: string; readonly isCentred: boolean } {
  const room = width - fontPx;
  if (item.kind === "gate") return { text: "", isCentred: true };
  const number = String(item.number);
  const rest = withProgress && item.progress !== undefined ? ` ${item.progress}` : "";
  const titleRoom = room - measure(`${number} ${rest}`);
  const words = fitWords(item.title, titleRoom, measure);
  // A title shortened by more than half says less than the short one made for this place.
  const short = item.shortTitle !== undefined && measure(item.shortTitle) <= titleRoom ? item.shortTitle : undefined;
  const title = words === item.title ? words : (short ?? words);
  if (title !== undefined && measure(title) >= measure("mm"))
    return { text: `${number} ${title}${rest}`, isCentred: false };
  if (rest !== "" && measure(`${number}${rest}`) <= room) return { text: `${number}${rest}`, isCentred: false };
  return { text: measure(number) <= width - 4 ? number : "", isCentred: true };
}

/** The bar of a rollback, which is one thing on the timeline, from its beginning to its end: done up to now, the rest washed. */
export function rollbackBar(
  times: { readonly from: number; readonly now: number; readonly to: number; readonly latest: number },
  measure: MeasureText,
): ActualBar {
  const width = Math.max(LEAST_BAR_PX, times.to - times.from - 1.5);
  const doneWidth = Math.min(width, Math.max(0, times.now - times.from));
  const text = "Back";
  const isRoomOn = measure(text) + 4 <= Math.max(doneWidth, width - doneWidth);
  return {
    id: "rollback",
    left: times.from + 0.75,
    width,
    text: isRoomOn ? text : "",
    isCentred: true,
    look: "back",
    textOn: doneWidth >= width - doneWidth ? "done" : "rest",
    doneWidth,
    tailWidth: Math.max(0, times.latest - times.to),
  };
}

/** A bar of the lower lane: what is done, what is left, and the tail of nine in ten runs. */
export function actualBar(
  span: ActualSpan,
  next: ActualSpan | undefined,
  x: (atMs: number) => number,
  fontPx: number,
  measure: MeasureText,
): ActualBar {
  const { item } = span;
  const end = x(span.endMs);
  const tailEnd = Math.min(x(span.latestMs), next === undefined ? Number.POSITIVE_INFINITY : x(next.startMs));
  const look = item.kind === "gate" ? "future" : LOOKS[item.state];
  const base = timelineBar(item, x(span.startMs), end, fontPx, measure);
  const doneWidth = Math.min(base.width, Math.max(0, x(span.doneMs) - base.left));
  const tailWidth = Math.max(0, tailEnd - end);
  if (look === "done" || look === "future" || look === "skipped") {
    return { ...base, look, doneWidth, tailWidth, textOn: look === "done" ? "done" : "rest" };
  }
  // A name across two grounds could be read on neither: it stands on the one that holds more of it.
  const onDone = barText(item, doneWidth, fontPx, measure, true);
  const onRest = barText(item, base.width - doneWidth, fontPx, measure, true);
  const textOn = onDone.text.length >= onRest.text.length ? "done" : "rest";
  return { ...base, ...(textOn === "done" ? onDone : onRest), look, doneWidth, tailWidth, textOn };
}

const LOOKS = {
  planned: "future",
  running: "running",
  held: "held",
  done: "done",
  failed: "failed",
  skipped: "skipped",
  undone: "done",
  unknown: "unknown",
} as const;
