import { formatTime, formatTimeRange, formatTimeSeconds } from "../../domain/format/time.ts";
import type { ActualSpan, TimelineData, TimelineGate } from "./timelineData.ts";
import { finish } from "./timelineData.ts";
import type { LabelWish } from "./timelineLabels.ts";
import { planDifference } from "./timelineWords.ts";

/** What wants to be named above the lanes, the most important first. */
export function timelineWishes(
  data: TimelineData,
  spans: readonly ActualSpan[],
  x: (atMs: number) => number,
  zone: string,
): readonly LabelWish[] {
  const found: LabelWish[] = [];
  const end = finish(data);
  if (!end?.isOver && data.now >= data.windowStart) {
    const difference = planDifference(data);
    const title = `Now ${formatTimeSeconds(data.now, zone)}`;
    const short = { title: `Now ${formatTime(data.now, zone)}` };
    found.push({
      id: "now",
      x: x(data.now),
      tone: "ink",
      isEssential: true,
      forms: difference === undefined ? [{ title }, short] : [{ title, detail: difference }, { title }, short],
    });
  }
  const endTime = formatTime(data.windowEnd, zone);
  found.push({
    id: "end",
    x: x(data.windowEnd),
    tone: "ink",
    isEssential: true,
    forms: [{ title: "Window ends", detail: endTime }, { title: "Ends", detail: endTime }, { title: "End" }],
  });
  if (data.pnr !== undefined && !end?.isOver) {
    const time = formatTime(data.pnr, zone);
    found.push({
      id: "pnr",
      x: x(data.pnr),
      tone: "back",
      isEssential: true,
      forms: [{ title: "Point of no return", detail: time }, { title: "PNR", detail: time }, { title: "PNR" }],
    });
  }
  if (end) {
    const time = formatTime(end.atMs, zone);
    const isBack = data.otherEnd?.backFromMs !== undefined;
    const word = isBack ? "Back" : end.isOver ? "Finished" : "Finish";
    const range = end.isOver
      ? []
      : [{ title: `${word} ${time}`, detail: formatTimeRange(end.atMs, end.latestMs, zone) }];
    found.push({
      id: "finish",
      x: x(end.atMs),
      tone: isBack ? "back" : "ink",
      isEssential: true,
      forms: [...range, { title: `${word} ${time}` }],
    });
  }
  for (const span of gatesByWeight(spans)) found.push(gateWish(span, x, zone));
  return found;
}

function gateWish(span: ActualSpan & { item: TimelineGate }, x: (atMs: number) => number, zone: string): LabelWish {
  const { item, startMs, endMs } = span;
  const detail = item.note ?? (item.state === "ahead" ? `about ${formatTime(startMs, zone)}` : undefined);
  const forms = [`Gate ${item.title}`, item.title].flatMap((title) =>
    detail === undefined ? [{ title }] : [{ title, detail }],
  );
  return {
    id: item.id,
    x: (x(startMs) + x(endMs)) / 2,
    tone: "ink2",
    isEssential: false,
    forms: [...forms, { title: item.title }],
  };
}

/** Gates that wait or said NO-GO first, then the next one, then what is past, then what is far. */
function gatesByWeight(spans: readonly ActualSpan[]): readonly (ActualSpan & { item: TimelineGate })[] {
  const gates = spans.flatMap((span) => (span.item.kind === "gate" ? [{ ...span, item: span.item }] : []));
  const next = gates.find((span) => span.item.state === "ahead");
  const weight = (span: (typeof gates)[number]): number => {
    if (span.item.state === "waiting" || span.item.state === "nogo") return 0;
    if (span === next) return 1;
    return span.item.state === "open" ? 2 : 3;
  };
  return gates.sort((a, b) => weight(a) - weight(b));
}
