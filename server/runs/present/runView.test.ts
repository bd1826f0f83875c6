import { expect, test } from "vitest";
import { keysOf } from "../../../domain/recordKeys.ts";
import { HOST, SampleRun, sha256, WINDOW_END, WINDOW_START } from "../../../tests/support/sampleRun.ts";
import { readerOf } from "../reader.ts";
import { reportMarkdown } from "../report.ts";
import { presentRun } from "./runView.ts";
import type { Subject } from "./subject.ts";

/** A run as the queries would read it around its fold. */
function subjectOf(run: SampleRun): Subject {
  const events = run.log.map((placed) => ({ ...placed, prevHash: sha256("before"), hash: sha256(String(placed.seq)) }));
  const people = [
    { userId: "owner", name: "Olga", role: "operator" as const, groups: [] },
    { userId: "anna", name: "Anna", role: "approver" as const, groups: ["approvers"] },
    { userId: "ben", name: "Ben", role: "approver" as const, groups: ["others"] },
  ];
  const named = (id: string) => people.find(({ userId }) => userId === id)?.name ?? id;
  return {
    state: run.state,
    plan: run.plan,
    head: { seq: run.state.seq, hash: sha256("head") },
    now: run.now,
    events,
    window: {
      id: run.state.windowId,
      title: "Move <the> | directory",
      type: "routine",
      zone: "Europe/Berlin",
      startsAt: WINDOW_START,
      endsAt: WINDOW_END,
      service: { slug: "notes", name: "Notes" },
    },
    people,
    hosts: [
      {
        role: "db",
        hostId: HOST,
        name: "db-1",
        fingerprint: sha256("key"),
        publicKey: null,
        connected: true,
        lastSeenAt: null,
      },
    ],
    progress: new Map(),
    runKeys: new Map(),
    sent: [],
    names: {
      person: named,
      step: (id) => id,
      gate: (id) => id,
      trigger: (id) => id,
      announcement: (id) => id,
      host: () => "db-1",
    },
  };
}

test("before the start nothing is said to have changed, and only those who may decide are named", () => {
  const view = presentRun(subjectOf(new SampleRun()));
  expect(view).toMatchObject({ stateWord: "Preparing", startedAt: null, currentStepId: null, encrypted: null });
  expect(view.dataSentence).toBe("The data is where it was. Nothing has been stopped or changed.");
  expect(view.rollback).toMatchObject({ possible: false });
  const [go] = view.gates;
  expect(go).toMatchObject({ gateId: "go", stage: "ahead", needs: "needs 1 GO from Those who decide" });
  expect(go?.deciders.map(({ name }) => name)).toEqual(["Anna"]);
  expect(view.criteria.every(({ verdict, lacking }) => verdict !== "unknown" || lacking.length > 0)).toBe(true);
});

test("a step that failed has its three lines, and the run says so in its word", () => {
  const run = new SampleRun().start();
  const first = run.plan.steps[0];
  run.fail(first?.id ?? "");
  const view = presentRun(subjectOf(run));
  expect(view.stateWord).toBe("Held, failed");
  expect(view.currentStepId).toBe(first?.id);
  const step = view.steps.find(({ id }) => id === first?.id);
  expect(step?.failure?.what).not.toBe("");
  expect(step?.failure?.data).not.toBe("");
  expect(step?.failure?.todo).not.toBe("");
  expect(view.log.at(-1)?.text).toContain("Held");
});

test("every order is either allowed or says why not, for everybody and in every stage", () => {
  for (const run of [new SampleRun(), new SampleRun().start()]) {
    const view = presentRun(subjectOf(run));
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
  const report = reportMarkdown(presentRun(subjectOf(new SampleRun().start())));
  expect(report).toContain("# Move \\<the\\> \\| directory");
  expect(report).toMatch(/\| 1 [^|]+\| 5 min \| – \| – \| running \|/);
});
