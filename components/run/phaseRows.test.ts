import { expect, test } from "vitest";
import { viewOf } from "../../tests/support/runView.ts";
import { SampleRun } from "../../tests/support/sampleRun.ts";
import { phaseRows } from "./phaseRows.ts";
import { timelineOf } from "./timelineOf.ts";

const rowsOf = (run: SampleRun) =>
  phaseRows(viewOf(run)).map((row) =>
    row.kind === "phase" ? `${row.number} ${row.title} ${row.state}` : `<> ${row.id} ${row.state}`,
  );

test("phases and gates stand in the order of time, and a phase that a gate cuts in two keeps its number", () => {
  expect(rowsOf(new SampleRun())).toEqual([
    "1 Move planned",
    "<> counted ahead",
    "2 Accept planned",
    "<> keep ahead",
    "2 Accept planned",
  ]);
});

test("between two of its steps a phase is under way, and what failed shows through what is done", () => {
  const run = new SampleRun().start();
  expect(rowsOf(run)[0]).toBe("1 Move running");
  run.succeed("prepare");
  run.fail("copy");
  expect(rowsOf(run)[0]).toBe("1 Move failed");
});

test("every step is in exactly one row", () => {
  const view = viewOf(new SampleRun().start());
  const ids = phaseRows(view).flatMap((row) => (row.kind === "gate" ? [row.id] : row.steps.map(({ id }) => id)));
  expect(ids).toEqual(view.steps.map(({ id }) => id));
});

test("the timeline never ends before it begins, and stands still once the run has ended", () => {
  const run = new SampleRun().start();
  run.succeed("prepare");
  const running = timelineOf(viewOf(run), run.now);
  for (const item of running.steps) {
    expect(item.plannedEnd).toBeGreaterThanOrEqual(item.plannedStart);
    if (item.actualStart !== undefined && item.actualEnd !== undefined) {
      expect(item.actualEnd).toBeGreaterThanOrEqual(item.actualStart);
    }
  }
  const abandoned = new SampleRun();
  abandoned.order({ order: "abandon", reason: "Not now." });
  const view = viewOf(abandoned);
  expect(timelineOf(view, abandoned.now + 3_600_000).now).toBe(view.endedAt);
});
