import { expect, test } from "vitest";
import { plannedDurationMs } from "../../domain/forecast/plannedDuration.ts";
import { compiled, runbook, useGoodDay, warnings } from "../../tests/support/goodDay.ts";

const { scope } = useGoodDay();

test("it reads without an error and without a warning", () => {
  expect(warnings).toEqual([]);
});

test("the plan: what is done in which order, how long it takes, and what undoes it", () => {
  const tree = scope().facts;
  const plan = compiled.steps.map((step) => {
    const what = step.work.kind === "task" ? `${step.work.task.action} (${step.work.task.class})` : step.work.kind;
    const minutes = Math.round(plannedDurationMs(step.lasts, tree).ms / 6000) / 10;
    const undo = step.source.undo === undefined ? "" : `; undo ${[step.source.undo].flat().join(", ")}`;
    return `${String(step.index ?? "").padStart(2)} ${step.phase.id}/${step.id}: ${what}, ${minutes} min, else ${step.onFailure}${undo}`;
  });
  expect(plan).toMatchSnapshot();
  expect(compiled.rollbackSteps.map((step) => `${step.id} when ${step.when}`)).toMatchSnapshot();
});

test("it has ten parts, and 50 GiB are planned as the table of the ten steps says", () => {
  const tree = scope().facts;
  const minutes = new Map<string, number>();
  for (const step of compiled.steps) {
    if (step.work.kind === "gate" || step.work.kind === "wait") continue;
    const known = minutes.get(step.phase.id) ?? 0;
    minutes.set(step.phase.id, known + plannedDurationMs(step.lasts, tree).ms / 60_000);
  }
  expect(minutes.size).toBe(10);
  const [stop, backup, volume, halt, copy, verify, point, start, accept, resume] = minutes.values();
  expect([stop, volume, halt, point, start]).toEqual([5, 5, 5, 5, 5]);
  expect(backup).toBeGreaterThanOrEqual(5);
  expect(backup).toBeLessThanOrEqual(10);
  expect(copy).toBe(75);
  expect(verify).toBeGreaterThanOrEqual(10);
  expect(verify).toBeLessThanOrEqual(20);
  expect(accept).toBe(15);
  expect(resume).toBe(5);
});

test("preparation has eight parts, and an agent or a named person fills in every item", () => {
  expect(runbook.checklist.map((group) => group.id)).toEqual([
    "sizing",
    "host",
    "backup",
    "second-net",
    "baselines",
    "keys",
    "telling",
    "way-back",
  ]);
  expect(runbook.checklist.flatMap((group) => group.items.flatMap((item) => item.seal ?? []))).toEqual([
    "backup",
    "operational",
    "recovery",
  ]);
});
