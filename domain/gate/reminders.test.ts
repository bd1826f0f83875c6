import { describe, expect, test } from "vitest";
import { ANNA, compileSample, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import { GO_GATE } from "./goGate.ts";

const minute = 60_000;

function asking(expires: string): SampleRun {
  return new SampleRun(compileSample({ ...SAMPLE, approval: { ...SAMPLE.approval, expires } })).askApproval();
}

const reminders = (run: SampleRun): number => run.log.filter(({ event }) => event.type === "gateReminded").length;

describe("a gate that will expire", () => {
  test("is reminded of an hour and a quarter of an hour before, each once", () => {
    const run = asking("4h");
    run.pass(180 * minute - 1);
    expect(reminders(run)).toBe(0);
    run.pass(1);
    run.pass(1000);
    expect(reminders(run)).toBe(1);
    expect(run.state.gates[GO_GATE]?.reminders).toMatchObject({ count: 1 });
    run.pass(45 * minute);
    run.pass(1000);
    expect(reminders(run)).toBe(2);
  });

  test("that asks for a short time is reminded of half-way, and not at once", () => {
    const run = asking("20m");
    run.pass(10 * minute - 1);
    expect(reminders(run)).toBe(0);
    run.pass(1);
    expect(reminders(run)).toBe(1);
  });

  test("is reminded of once for all that was missed, and not when it is decided or over", () => {
    const late = asking("4h");
    late.pass(230 * minute);
    expect(reminders(late)).toBe(1);
    const decided = asking("4h");
    decided.decide(ANNA);
    decided.pass(200 * minute);
    expect(reminders(decided)).toBe(0);
    const over = asking("4h");
    over.pass(240 * minute);
    expect(reminders(over)).toBe(0);
    expect(over.state.stage).toBe("preparing");
  });

  test("that asks again is reminded of again", () => {
    const run = asking("20m");
    run.pass(12 * minute);
    run.pass(8 * minute);
    run.order({ order: "askApproval" });
    expect(run.state.gates[GO_GATE]?.reminders).toBeUndefined();
    run.pass(12 * minute);
    expect(reminders(run)).toBe(2);
  });
});
