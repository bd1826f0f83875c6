import { describe, expect, test } from "vitest";
import { readerFor, viewOf } from "../../tests/support/runView.ts";
import { SampleRun } from "../../tests/support/sampleRun.ts";
import {
  countItems,
  countsText,
  isMine,
  itemsOf,
  measurableNow,
  measureLabel,
  whyNotAnswer,
  whyNotAsk,
} from "./preparation.ts";
import { readTyped } from "./typedValue.ts";

describe("asking for approval", () => {
  test("is held up by open items, and says how many", () => {
    const run = new SampleRun();
    const view = viewOf(run);
    expect(whyNotAsk(view, readerFor(view, "operator").may, run.now)).toBe(
      "Approval can be asked when the 4 open items are closed.",
    );
  });

  test("is possible once everything is prepared, for those who may", () => {
    const run = new SampleRun().prepare();
    const view = viewOf(run);
    expect(whyNotAsk(view, readerFor(view, "operator").may, run.now)).toBeUndefined();
    expect(whyNotAsk(view, readerFor(view, "viewer").may, run.now)).toContain("operator");
  });

  test("names the criterion that is in the way when the list is done", () => {
    const run = new SampleRun().prepare();
    const view = viewOf(run);
    const [first, ...rest] = view.criteria;
    if (!first) throw new Error("the sample has criteria");
    const failing = { ...view, criteria: [{ ...first, verdict: "fail" as const }, ...rest] };
    expect(whyNotAsk(failing, readerFor(view, "operator").may, run.now)).toBe(
      `Approval can be asked when “${first.title}” is met or waived.`,
    );
  });
});

describe("the next thing that helps", () => {
  test("only what an agent can measure is ordered, and the button says how much", () => {
    const items = measurableNow(itemsOf(viewOf(new SampleRun())));
    expect(items.map(({ id }) => id)).toEqual(["measure-host", "measure-size"]);
    expect(measureLabel(items)).toBe("Measure 2 open items");
  });

  test("facts that went stale are named as such", () => {
    const run = new SampleRun().prepare();
    run.pass(3 * 24 * 3_600_000);
    const items = itemsOf(viewOf(run));
    const stale = measurableNow(items);
    expect(measureLabel(stale)).toBe(`Measure ${stale.length} stale facts`);
    expect(countsText(countItems(items))).toBe(`${stale.length} stale`);
  });
});

describe("answers", () => {
  test("are given by whom the runbook names, and others are told so", () => {
    const view = viewOf(new SampleRun());
    const item = itemsOf(view).find(({ id }) => id === "team-ready");
    if (!item) throw new Error("the sample has this item");
    const may = readerFor(view, "operator").may;
    expect(whyNotAnswer(item, view, { role: "operator", groups: [] }, may)).toBeUndefined();
    expect(whyNotAnswer(item, view, { role: "support", groups: [] }, may)).toBe("operator answers this.");
  });

  test("an item is mine by my name, my role or one of my groups", () => {
    const me = { name: "Mara", role: "operator", groups: ["database"] } as const;
    expect(["Mara", "operator", "database", "approver"].map((owner) => isMine({ owner }, me))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test("what was typed is read in its type, or answered with what is wrong", () => {
    expect(readTyped("number", " 0,5 ", true)).toEqual({ ok: true, value: 0.5 });
    expect(readTyped("number", "1.000,5", true)).toMatchObject({ ok: false });
    expect(readTyped("yesNo", "", true)).toMatchObject({ ok: false, message: "Choose yes or no." });
    expect(readTyped("yesNo", "no", true)).toEqual({ ok: true, value: false });
    expect(readTyped("text", "  ", false)).toEqual({ ok: true, value: undefined });
    expect(readTyped("text", "x".repeat(2001), true)).toMatchObject({ ok: false });
  });
});
