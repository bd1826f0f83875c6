import { describe, expect, test } from "vitest";
import { ANNA, compileSample, SAMPLE, SampleRun, WINDOW_END, WINDOW_START } from "../../tests/support/sampleRun.ts";
import type { FactName } from "../fact/fact.ts";
import { StepId } from "../ids.ts";
import { Instant } from "../time.ts";
import { forecastOf } from "./forecast.ts";
import { chanceWithin, momentsOf, normalCdf, normalQuantile, remainingAfter, spreadOf } from "./lognormal.ts";
import { plannedDurationMs } from "./plannedDuration.ts";
import { liveSpread, wholeSpread } from "./stepSpread.ts";

const minute = 60_000;
const none = new Map<never, never>();
const now = (run: SampleRun, progress: Parameters<typeof forecastOf>[2]["progress"] = none) =>
  forecastOf(run.plan, run.state, { now: run.now, progress });

describe("planned durations", () => {
  test("grow with the size of the database, and never fall below their least", () => {
    const lasts = { perGiB: "1.5m", of: "db.size_bytes" as FactName, atLeast: "1m" };
    expect(plannedDurationMs(lasts, { db: { size_bytes: 50 * 2 ** 30 } })).toEqual({ ms: 75 * minute, assumed: false });
    expect(plannedDurationMs(lasts, { db: { size_bytes: 1 } })).toEqual({ ms: minute, assumed: false });
    expect(plannedDurationMs(lasts, {})).toEqual({ ms: minute, assumed: true });
  });
});

describe("distributions", () => {
  test("the normal quantile undoes the normal distribution", () => {
    for (const share of [0.01, 0.1, 0.5, 0.9, 0.99]) expect(normalCdf(normalQuantile(share))).toBeCloseTo(share, 6);
  });

  test("a spread keeps its moments, and its chances are those it was given by", () => {
    const spread = { p50Ms: 100, p90Ms: 150 };
    const again = spreadOf(momentsOf(spread));
    expect(again.p50Ms).toBeCloseTo(100, 6);
    expect(again.p90Ms).toBeCloseTo(150, 6);
    expect(chanceWithin(spread, 100)).toBeCloseTo(0.5, 6);
    expect(chanceWithin(spread, 150)).toBeCloseTo(0.9, 6);
    expect(chanceWithin(spread, -1)).toBe(0);
  });

  test("what lasts longer than expected is expected to last on, never to be over already", () => {
    const spread = { p50Ms: 100, p90Ms: 150 };
    let before = Number.POSITIVE_INFINITY;
    for (const elapsed of [0, 50, 100]) {
      const { p50Ms } = remainingAfter(spread, elapsed);
      expect(p50Ms).toBeLessThan(before);
      before = p50Ms;
    }
    for (const elapsed of [200, 400, 1000, 100_000]) {
      const left = remainingAfter(spread, elapsed);
      expect(left.p50Ms).toBeGreaterThan(0);
      expect(left.p90Ms).toBeGreaterThan(left.p50Ms);
      expect(Number.isFinite(left.p90Ms)).toBe(true);
    }
  });
});

describe("a step", () => {
  const run = new SampleRun();
  const copy = run.plan.steps[1];
  if (copy === undefined) throw new Error("the sample has a copy step");

  test("without earlier runs is given half again its plan; with three it is measured by them", () => {
    expect(wholeSpread(copy, 100, new Map())).toEqual({ p50Ms: 100, p90Ms: 150 });
    const history = new Map([[copy.id, [1.1, 1.2, 0.9, 1.0, 1.3]]]);
    const measured = wholeSpread(copy, 100, history);
    expect(measured.p50Ms).toBeCloseTo(110, 6);
    expect(measured.p90Ms).toBeCloseTo(126, 6);
  });

  test("with live progress is forecast from what is left and its rate, surer the more is done", () => {
    const at = (done: number) => liveSpread({ at: 1000, progress: { done, total: 100, ratePerSecond: 10 } }, 0, 1000);
    expect(at(50)?.p50Ms).toBe(5000);
    const early = at(10);
    const late = at(90);
    if (early === undefined || late === undefined) throw new Error("progress gives a spread");
    expect(late.p90Ms / late.p50Ms).toBeLessThan(early.p90Ms / early.p50Ms);
    expect(liveSpread({ at: 10_000, progress: { done: 50, total: 100 } }, 0, 10_000)?.p50Ms).toBe(10_000);
    expect(liveSpread({ at: 0, progress: { done: 0, total: 100 } }, 0, 0)).toBeUndefined();
    expect(liveSpread({ at: 0, progress: { done: 5 } }, 0, 0)).toBeUndefined();
  });
});

describe("a run", () => {
  test("in which a step is supposed to take longer ends later by that, with less of a chance; what is over is not supposed", () => {
    const run = new SampleRun().start();
    const given = (id: string, times: number) =>
      forecastOf(run.plan, run.state, { now: run.now, progress: none, supposed: new Map([[StepId.parse(id), times]]) });
    const expected = now(run);
    expect(given("copy", 1)).toEqual(expected);
    const slower = given("copy", 1.3);
    expect(slower.finishP50).toBeGreaterThan(expected.finishP50 ?? 0);
    expect(slower.oddsInWindow).toBeLessThanOrEqual(expected.oddsInWindow ?? 0);
    expect(given("copy", 40).oddsInWindow).toBeLessThan(0.5 * (slower.oddsInWindow ?? 0));
    expect(given("copy", 0.1).finishP50).toBeLessThan(expected.finishP50 ?? 0);
    run.succeed("prepare");
    expect(given("prepare", 5)).toEqual(now(run));
  });

  test("before its start is forecast from the window's start, step after step, gates included", () => {
    const run = new SampleRun().prepare();
    const forecast = now(run);
    expect(forecast.items.map(({ id }) => id)).toEqual([
      "prepare",
      "copy",
      "counted",
      "try-it",
      "keep",
      "say-so",
      "soak",
      "look",
    ]);
    expect(forecast.items[0]).toMatchObject({
      plannedStart: WINDOW_START,
      plannedEnd: WINDOW_START + 5 * minute,
      number: 1,
    });
    // 2 GiB at 1.5 minutes each.
    expect(forecast.items[1]).toMatchObject({ plannedEnd: WINDOW_START + 8 * minute, kind: "step" });
    expect(forecast.items[2]).toMatchObject({ kind: "gate" });
    expect(forecast.items[2]?.number).toBeUndefined();
    expect(forecast.latenessMs).toBeUndefined();
    expect(forecast.oddsInWindow).toBeGreaterThan(0.99);
    const moments = forecast.items.flatMap(({ forecastStart, forecastEndP50, forecastEndP90 }) => [
      forecastStart,
      forecastEndP50,
      forecastEndP90,
    ]);
    expect([forecast.finishP50, forecast.finishP90, ...moments].every(Number.isSafeInteger)).toBe(true);
    for (const { forecastEndP50 = 0, forecastEndP90 = 0 } of forecast.items)
      expect(forecastEndP90).toBeGreaterThanOrEqual(forecastEndP50);
  });

  test("knows its point of no return: window end, less what a rollback would take now, less the margin", () => {
    const run = new SampleRun().start();
    expect(now(run).pointOfNoReturn).toBe(WINDOW_END - 10 * minute);
    run.succeed("prepare");
    expect(now(run)).toMatchObject({ rollbackMs: 20 * minute, pointOfNoReturn: WINDOW_END - 30 * minute });
  });

  test("a copy at half its planned rate makes it late, and the sentence says why", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    const before = now(run).finishP50 ?? 0;
    run.now = Instant.parse(run.now + minute);
    const progress = { done: 100e6, total: 2e9, ratePerSecond: 1e6, unit: "bytes" };
    const live = now(run, new Map([[run.taskOf("copy"), { at: run.now, progress }]]));
    expect((live.finishP50 ?? 0) - before).toBeGreaterThan(25 * minute);
    expect(live.latenessMs).toBeGreaterThan(20 * minute);
    expect(live.why).toMatch(/^The copy has 1\.90.GB left at 1\.00.MB\/s/);
    expect(live.finishP90).toBeGreaterThan(live.finishP50 ?? 0);
  });

  test("a person who does not come makes the end later and later, and the odds fall", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy");
    let odds = now(run).oddsInWindow ?? 0;
    for (let waited = 0; waited < 4; waited += 1) {
      run.now = Instant.parse(run.now + 25 * minute);
      const later = now(run);
      expect(later.oddsInWindow).toBeLessThanOrEqual(odds);
      expect(later.finishP50).toBeGreaterThan(run.now);
      odds = later.oddsInWindow ?? 0;
    }
    expect(odds).toBeLessThan(0.4);
  });

  test("a soak has no spread: it lasts as long as it lasts", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.succeed("copy");
    run.order({ order: "confirmManual", stepId: StepId.parse("try-it"), fields: { works: true } });
    run.decide(ANNA, "GO", "keep");
    const soak = now(run).items.find(({ id }) => id === "soak");
    expect(soak).toMatchObject({ forecastEndP50: run.now + 10 * minute, forecastEndP90: run.now + 10 * minute });
    const gate = now(run).items.find(({ id }) => id === "keep");
    expect(gate).toMatchObject({ state: "done", actualEnd: run.now });
  });

  test("that rolls back is forecast by its rollback, and its forward steps by nothing", () => {
    const run = new SampleRun().start();
    run.succeed("prepare");
    run.order({ order: "rollBack", reason: "" });
    run.cancelled("copy");
    const forecast = now(run);
    expect(forecast.finishP50).toBeCloseTo(run.now + 20 * minute, -3);
    expect(forecast.items.at(-1)).toMatchObject({ id: "copy-back", section: "rollback", plannedStart: run.now });
    expect(forecast.items.find(({ id }) => id === "soak")?.forecastEndP50).toBeUndefined();
    expect(forecast.pointOfNoReturn).toBeUndefined();
  });

  test("that has ended says when, and whether that was inside the window", () => {
    const run = new SampleRun();
    run.order({ order: "abandon", reason: "No." });
    expect(now(run)).toMatchObject({ finishP50: run.now, finishP90: run.now, oddsInWindow: 1, why: "It has ended." });
  });

  test("of branches counts the longest, begins them together, and what is behind them after it", () => {
    const [prepare] = SAMPLE.phases[0].steps;
    const step = (id: string, lasts: string) => ({ ...prepare, id, lasts, undo: "nothing" });
    const branch = (title: string, ...steps: readonly object[]) => ({ title, steps });
    const parallel = [branch("A", step("a-1", "10m"), step("a-2", "10m")), branch("B", step("b", "5m"))];
    const steps = [{ id: "both", title: "Both", parallel }, step("last", "10m")];
    const phases = [{ ...SAMPLE.phases[0], steps }];
    const plan = compileSample({ ...SAMPLE, triggers: [], probes: {}, phases, rollback: { steps: [] } });
    const run = new SampleRun(plan).start();
    const { items, finishP50 = 0 } = now(run);
    const of = (id: string) => items.find((item) => item.id === id);
    expect(of("b")).toMatchObject({ plannedStart: WINDOW_START, plannedEnd: WINDOW_START + 5 * minute });
    expect(of("last")?.plannedStart).toBe(WINDOW_START + 20 * minute);
    expect(of("b")?.forecastStart).toBe(of("a-1")?.forecastStart);
    expect(of("last")?.forecastStart).toBeGreaterThanOrEqual(of("a-2")?.forecastEndP50 ?? Number.NaN);
    expect(finishP50).toBeGreaterThan(run.now + 29 * minute);
    expect(finishP50).toBeLessThan(run.now + 33 * minute);
  });

  test("without a way back has no point of no return", () => {
    const steps = SAMPLE.phases[0].steps.map((step) => ({ undo: "nothing", ...step }));
    const plan = compileSample({
      ...SAMPLE,
      triggers: [],
      phases: [{ ...SAMPLE.phases[0], steps }],
      rollback: { steps: [] },
    });
    expect(now(new SampleRun(plan)).pointOfNoReturn).toBeUndefined();
  });
});
