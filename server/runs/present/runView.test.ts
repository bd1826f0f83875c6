import { expect, test } from "vitest";
import { keysOf } from "../../../domain/recordKeys.ts";
import { carriedOn } from "../../../tests/support/hostTurns.ts";
import { readerFor, viewOf } from "../../../tests/support/runView.ts";
import { SampleRun } from "../../../tests/support/sampleRun.ts";
import { readerOf } from "../reader.ts";
import { reportMarkdown } from "../report.ts";

test("before the start nothing is said to have changed, and only those who may decide are named", () => {
  const view = viewOf(new SampleRun());
  expect(view).toMatchObject({ stateWord: "Preparing", startedAt: null, currentStepId: null, encrypted: null });
  expect(view.dataSentence).toBe("The data is where it was. Nothing has been stopped or changed.");
  expect(view.rollback).toMatchObject({ possible: false });
  const [go] = view.gates;
  expect(go).toMatchObject({ gateId: "go", stage: "ahead", needs: "needs 1 GO from Those who decide" });
  expect(go?.deciders.map(({ name }) => name)).toEqual(["Anna", "Ben"]);
  expect(view.criteria.every(({ verdict, lacking }) => verdict !== "unknown" || lacking.length > 0)).toBe(true);
});

test("a step that failed has its three lines, and the run says so in its word", () => {
  const run = new SampleRun().start();
  const first = run.plan.steps[0];
  run.fail(first?.id ?? "");
  const view = viewOf(run);
  expect(view.stateWord).toBe("Held, failed");
  expect(view.currentStepId).toBe(first?.id);
  const step = view.steps.find(({ id }) => id === first?.id);
  expect(step?.failure?.what).not.toBe("");
  expect(step?.failure?.data).not.toBe("");
  expect(step?.failure?.todo).not.toBe("");
  expect(view.log.at(-1)?.text).toContain("Held");
});

test("the log names what was measured and confirmed by its title", () => {
  const texts = viewOf(new SampleRun().prepare()).log.map(({ text }) => text);
  expect(texts).toContain("Oren confirmed The team is ready: All are here.");
});

test("every order is either allowed or says why not, for everybody and in every stage", () => {
  for (const run of [new SampleRun(), new SampleRun().start()]) {
    const view = viewOf(run);
    for (const role of ["viewer", "support", "operator", "approver", "admin"] as const) {
      const reader = readerOf(view, { userId: "x", name: "X", email: "x@example.com", role, groups: [] });
      for (const order of keysOf(reader.may)) {
        const may = reader.may[order];
        expect(may?.allowed === (may?.because === null), order).toBe(true);
      }
      expect(reader.may.start?.allowed).toBe(false);
    }
  }
});

test("what people typed can't become a mark of the report's Markdown", () => {
  const report = reportMarkdown({ ...viewOf(new SampleRun().start()), title: "Move <the> | directory" });
  expect(report).toContain("# Move \\<the\\> \\| directory");
  expect(report).toMatch(/\| 1 [^|]+\| 5 min \| – \| – \| running \|/);
});

test("a run that a host carries on is told with host and person, takes no order, and what the server wrote meanwhile counts for nothing", () => {
  const view = viewOf(carriedOn());
  expect(view.takenOver).toMatchObject({ host: "db-1", by: "Oren" });
  const told = view.log.slice(-3).map(({ text }) => text);
  expect(told[0]).toBe("Counts for nothing: Oren wrote a note.");
  expect(told[1]).toMatch(/^db-1, local run by Oren: Oren took the run over on db-1, from event \d+ on\.$/);
  expect(told[2]).toBe("db-1, local run by Oren: Held by Oren: Wait.");
  const { may } = readerFor(view, "operator");
  expect(may.resume).toEqual({ allowed: false, because: expect.stringContaining("order it in the terminal there") });
});
