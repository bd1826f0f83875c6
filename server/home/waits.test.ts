import { describe, expect, test } from "vitest";
import { ANNA, BEN, OPERATOR, OWNER, SampleRun, WINDOW_START } from "../../tests/support/sampleRun.ts";
import { waitsOf } from "./waits.ts";

const WINDOW = { id: "w", title: "the move", zone: "UTC" };
const kinds = (run: SampleRun, actor: typeof ANNA) =>
  waitsOf({ plan: run.plan, state: run.state, now: run.now, actor, window: WINDOW, nameOf: (id) => id }).map(
    ({ kind }) => kind,
  );

describe("what waits for a person", () => {
  test("the items of a checklist wait for those who may close them, and the GO for whoever may ask", () => {
    const run = new SampleRun();
    expect(kinds(run, OPERATOR)).toEqual(["prepare"]);
    expect(kinds(run, ANNA)).toEqual([]);
    run.prepare();
    expect(kinds(run, OPERATOR)).toEqual(["askApproval"]);
  });

  test("a gate waits for each who may still decide, never for who asked for the window", () => {
    const run = new SampleRun().askApproval();
    expect(kinds(run, ANNA)).toEqual(["decide"]);
    expect(kinds(run, BEN)).toEqual(["decide"]);
    expect(kinds(run, OWNER)).toEqual([]);
    expect(kinds(run, OPERATOR)).toEqual([]);
  });

  test("a run with its GO waits to be started only once its window is open", () => {
    const run = new SampleRun().askApproval();
    run.decide(ANNA);
    expect(kinds(run, ANNA)).toEqual([]);
    expect(kinds(run, OPERATOR)).toEqual([]);
    run.now = WINDOW_START;
    expect(kinds(run, OPERATOR)).toEqual(["start"]);
  });
});
