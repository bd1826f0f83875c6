import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layoutTimeline, timelineRange } from "./layoutTimeline.ts";
import type { TimelineData, TimelineItem } from "./timelineData.ts";
import { actualSpans, finish } from "./timelineData.ts";
import { estimateTextWidth, fitWords, placeLabels } from "./timelineLabels.ts";
import { describeTimeline, planDifference, timelineTable } from "./timelineWords.ts";

const ZONE = "America/Los_Angeles";
/** 02:00 in Los Angeles on 3 December 2026. */
const START = Date.UTC(2026, 11, 3, 10);
const at = (hour: number, minute: number, second = 0): number =>
  START + ((hour - 2) * 3600 + minute * 60 + second) * 1000;

const steps: readonly TimelineItem[] = [
  {
    kind: "step",
    id: "s1",
    number: 1,
    title: "Check hosts and backup",
    state: "done",
    plannedStart: at(2, 0),
    plannedEnd: at(2, 8),
    actualStart: at(2, 0),
    actualEnd: at(2, 7),
  },
  {
    kind: "gate",
    id: "g1",
    title: "Cutover",
    state: "open",
    note: "GO 02:34:52",
    plannedStart: at(2, 8),
    plannedEnd: at(2, 13),
    actualStart: at(2, 7),
    actualEnd: at(2, 12),
  },
  {
    kind: "step",
    id: "s2",
    number: 2,
    title: "Copy the data directory",
    shortTitle: "Copy",
    state: "running",
    progress: "61 %",
    plannedStart: at(2, 13),
    plannedEnd: at(3, 10),
    actualStart: at(2, 12),
    forecastEndP50: at(3, 16),
    forecastEndP90: at(3, 24),
  },
  { kind: "gate", id: "g2", title: "Data verified", state: "ahead", plannedStart: at(3, 10), plannedEnd: at(3, 15) },
  {
    kind: "step",
    id: "s3",
    number: 3,
    title: "Back up the new side",
    state: "planned",
    plannedStart: at(3, 15),
    plannedEnd: at(3, 33),
    forecastEndP50: at(4, 0),
    forecastEndP90: at(4, 31),
  },
];
const data: TimelineData = { steps, now: at(3, 4, 18), windowStart: at(2, 0), windowEnd: at(5, 0), pnr: at(4, 32) };
const frame = { widthPx: 1392, fontPx: 11, zone: ZONE, gutterPx: 72 };

/** The copy failed at 03:00, and the run goes back since. */
const { pnr: _never, ...forward } = data;
const goingBack: TimelineData = {
  ...forward,
  steps: steps.map((item) =>
    item.id === "s2" && item.kind === "step" ? { ...item, state: "failed", actualEnd: at(3, 0) } : item,
  ),
  otherEnd: { backFromMs: at(3, 0), atMs: at(3, 20), latestMs: at(3, 26), isOver: false },
};

describe("where things lie", () => {
  test("a step that runs is done up to now, expected to P50, with its tail to P90 until the next begins", () => {
    const span = actualSpans(data)[2];
    expect(span).toMatchObject({ startMs: at(2, 12), doneMs: data.now, endMs: at(3, 16), latestMs: at(3, 24) });
  });

  test("what has not begun follows what is before it and is never expected in the past", () => {
    const late: TimelineData = { ...data, now: at(4, 50) };
    for (const span of actualSpans(late))
      if (span.item.actualStart === undefined) expect(span.startMs).toBeGreaterThanOrEqual(late.now);
  });

  test("the range grows with a forecast beyond the window's end, so that being late is seen", () => {
    const beyond = {
      ...data,
      steps: steps.map((item) => (item.id === "s3" ? { ...item, forecastEndP90: at(6, 0) } : item)),
    };
    expect(timelineRange(beyond).toMs).toBe(at(6, 0));
    expect(timelineRange(data)).toEqual({ fromMs: at(2, 0), toMs: at(5, 0) });
  });

  test("the tail of nine in ten runs is drawn after the last step", () => {
    const last = layoutTimeline(data, frame).actual.at(-1);
    expect(last?.tailWidth).toBeGreaterThan(100);
    expect(last?.look).toBe("future");
  });

  test("a run that is over has no now and no point of no return", () => {
    const over = {
      ...data,
      steps: steps.map((item) => ({ ...item, actualStart: item.plannedStart, actualEnd: item.plannedEnd })),
    };
    expect(finish(over)?.isOver).toBe(true);
    const layout = layoutTimeline(over, frame);
    expect(layout.nowX).toBeUndefined();
    expect(layout.pnrX).toBeUndefined();
    expect(layout.labels.map((label) => label.title)).toContain("Finished 03:33");
  });

  test("while it goes back, what has not begun is expected nowhere, and the finish is that of the way back", () => {
    const layout = layoutTimeline(goingBack, frame);
    expect(layout.actual.map((bar) => bar.id)).toEqual(["s1", "s2", "rollback"]);
    expect(layout.actual.at(-1)).toMatchObject({ look: "back", text: "Back" });
    expect(layout.labels.map((label) => label.title)).toEqual([
      "Now 03:04:18",
      "Window ends",
      "Back 03:20",
      "Gate Cutover",
    ]);
    expect(layout.planned.map((bar) => bar.id)).toEqual(["s1", "s2", "s3"]);
  });

  test("ticks stand on round times of the window's zone", () => {
    const texts = layoutTimeline(data, { ...frame, zone: "Asia/Kathmandu" }).ticks.flatMap(
      (tick) => tick.label?.text ?? [],
    );
    expect(texts.length).toBeGreaterThan(3);
    for (const text of texts) expect(text).toMatch(/:(00|30)$/);
  });
});

describe("words", () => {
  test("the bar of the running step names it with its progress, and the plan's bar does not", () => {
    const layout = layoutTimeline(data, frame);
    expect(layout.actual.find((bar) => bar.id === "s2")?.text).toBe("2 Copy the data directory 61 %");
    expect(layout.planned.find((bar) => bar.id === "s2")?.text).toBe("2 Copy the data directory");
    expect(layout.planned.find((bar) => bar.id === "s1")?.text).toBe("1");
  });

  test("a title is shortened by whole words and never ends in one that dangles", () => {
    const measure = estimateTextWidth(10);
    expect(fitWords("Copy the data directory", measure("Copy the data"), measure)).toBe("Copy the data");
    expect(fitWords("Copy the data directory", measure("Copy the"), measure)).toBe("Copy");
    expect(fitWords("Copy the data directory", measure("Cop"), measure)).toBeUndefined();
  });

  test("a screen reader hears now, the difference from plan, the finish as a range, the point of no return and the end", () => {
    expect(describeTimeline(data, ZONE)).toBe(
      "Timeline 02:00 to 05:00. Now 03:04, step 2 of 3, running, 6 min behind plan. Forecast finish 04:00, 04:00 to 04:31. Point of no return 04:32. Window ends 05:00.",
    );
    expect(planDifference({ ...data, steps: [] })).toBeUndefined();
  });

  test("whoever can't see it hears that it goes back, and reads what never began", () => {
    expect(describeTimeline(goingBack, ZONE)).toBe(
      "Timeline 02:00 to 05:00. Rolling back from 03:00. Now 03:04. Forecast finish 03:20, 03:20 to 03:26. Window ends 05:00.",
    );
    expect(timelineTable(goingBack, ZONE).at(-1)).toMatchObject({ id: "s3", actual: "not begun" });
  });

  test("the table says about for everything that has not happened", () => {
    expect(timelineTable(data, ZONE).map((row) => `${row.name}, ${row.state}: ${row.actual}`)).toEqual([
      "1 Check hosts and backup, done: 02:00 to 02:07",
      "Gate Cutover, open: 02:07 to 02:12",
      "2 Copy the data directory, running: 02:12 to about 03:16",
      "Gate Data verified, ahead: about 03:16 to 03:21",
      "3 Back up the new side, planned: about 03:21 to 04:00",
    ]);
  });
});

describe("labels", () => {
  test("all of them are named in full on a wide screen", () => {
    expect(layoutTimeline(data, frame).labels.map((label) => label.title)).toEqual([
      "Now 03:04:18",
      "Window ends",
      "Point of no return",
      "Finish 04:00",
      "Gate Data verified",
      "Gate Cutover",
    ]);
  });

  test("on a phone the point of no return is shortened before anything is dropped, and now is never dropped", () => {
    const titles = layoutTimeline(data, { ...frame, widthPx: 358, fontPx: 14, gutterPx: 0 }).labels.map(
      (label) => label.title,
    );
    expect(titles[0]).toMatch(/^Now 03:04/);
    expect(titles).toContain("PNR");
  });

  test("no two ever touch and none leaves the frame, whatever the moments, the width and the text size", () => {
    const minute = fc.integer({ min: 0, max: 400 });
    const item = fc.record({
      isGate: fc.boolean(),
      start: minute,
      lasts: fc.integer({ min: 0, max: 120 }),
      begun: fc.boolean(),
      ended: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 14 }),
        minute,
        fc.option(minute, { nil: undefined }),
        fc.integer({ min: 280, max: 1900 }),
        fc.integer({ min: 11, max: 36 }),
        (items, now, pnr, widthPx, fontPx) => {
          const random: TimelineData = {
            now: START + now * 60_000,
            windowStart: START,
            windowEnd: START + 180 * 60_000,
            ...(pnr !== undefined && { pnr: START + pnr * 60_000 }),
            steps: items.map((each, place): TimelineItem => {
              const moments = {
                id: `i${place}`,
                title: "Verify the copy against the source",
                plannedStart: START + each.start * 60_000,
                plannedEnd: START + (each.start + each.lasts) * 60_000,
                ...(each.begun && { actualStart: START + each.start * 60_000 }),
                ...(each.begun && each.ended && { actualEnd: START + (each.start + each.lasts) * 60_000 }),
              };
              return each.isGate
                ? { ...moments, kind: "gate", state: "ahead" }
                : { ...moments, kind: "step", number: place + 1, state: each.begun ? "running" : "planned" };
            }),
          };
          const layout = layoutTimeline(random, { widthPx, fontPx, zone: ZONE, gutterPx: 0 });
          const sorted = [...layout.labels].sort((a, b) => a.left - b.left);
          for (const [place, label] of sorted.entries()) {
            expect(label.left).toBeGreaterThanOrEqual(0);
            expect(label.right).toBeLessThanOrEqual(widthPx);
            const next = sorted[place + 1];
            if (next) expect(next.left).toBeGreaterThan(label.right);
          }
          const measure = estimateTextWidth(fontPx);
          for (const bar of [...layout.planned, ...layout.actual])
            expect(measure(bar.text)).toBeLessThanOrEqual(Math.max(bar.width, 0) + 0.001);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("the first wish keeps its place and a later one gives way", () => {
    const measure = estimateTextWidth(10);
    const forms = [{ title: "Point of no return", detail: "04:32" }, { title: "PNR" }];
    const placed = placeLabels(
      [
        { id: "a", x: 100, tone: "ink", isEssential: true, forms: [{ title: "Now 03:04:18" }] },
        { id: "b", x: 146, tone: "back", isEssential: true, forms },
      ],
      240,
      6,
      measure,
    );
    expect(placed[0]).toMatchObject({ id: "a", anchor: "middle" });
    expect(placed[1]).toMatchObject({ id: "b", title: "PNR" });
  });
});
