import { expect, test } from "vitest";
import { ANNA, HOST, OPERATOR, SampleRun } from "../../tests/support/sampleRun.ts";
import { HostId } from "../ids.ts";
import { criteriaNow } from "./criteria.ts";
import { GO_GATE } from "./goGate.ts";

const clock = (run: SampleRun, offMs: number, hostId = HOST) => run.report({ report: "clockMeasured", hostId, offMs });
const written = (run: SampleRun) =>
  run.log.flatMap(({ event }) => (event.type === "clockMeasured" ? [event.offMs] : []));
const shown = (run: SampleRun) => {
  const gate = run.plan.gates.find(({ gateId }) => gateId === GO_GATE);
  return gate && criteriaNow(run.plan, run.state, gate, run.now).find(({ criterion }) => criterion.id === "clocks");
};

test("a host whose clock is more than five seconds off is a NO-GO that nobody can waive, until its clock is right", () => {
  const run = new SampleRun().askApproval();
  clock(run, 5_000);
  expect(shown(run)).toBeUndefined();
  clock(run, -7_240);
  expect(shown(run)?.judgement).toMatchObject({
    verdict: "fail",
    title: expect.stringMatching(/^The clock of .+ is 7\.2 s behind the server's$/),
  });
  expect(run.plan.expressions.factsNamed(shown(run)?.criterion.expr ?? "")).toEqual([]);
  expect(run.decide(ANNA)).toMatchObject({ because: "criteriaNotMet" });
  expect(run.order({ order: "waive", criterionId: "clocks", reason: "It will do." }, ANNA).accepted).toBe(false);
  clock(run, 300);
  expect(shown(run)).toBeUndefined();
  expect(run.decide(ANNA).accepted).toBe(true);
});

test("a GO that was signed before a clock went wrong is void, and the run does not start", () => {
  const run = new SampleRun().askApproval();
  expect(run.decide(ANNA).accepted).toBe(true);
  expect(run.state.stage).toBe("ready");
  clock(run, 9_000);
  expect(run.log.map(({ event }) => event.type)).toContain("decisionVoided");
  expect(run.order({ order: "start" }, OPERATOR).accepted).toBe(false);
});

test("what goes on goes on: once a run has started, no clock stops it", () => {
  const run = new SampleRun().start();
  const { stage } = run.state;
  clock(run, 60_000);
  expect(run.state.stage).toBe(stage);
  expect(run.state.hold).toBeUndefined();
});

test("it is written when it comes to matter and when it no longer does, and for hosts of this run alone", () => {
  const run = new SampleRun();
  for (const offMs of [0, 100, 6_000, 6_100, 70_000, -6_000, 0, 50]) clock(run, offMs);
  clock(run, 60_000, HostId.parse("00000000-0000-4000-8000-000000000000"));
  expect(written(run)).toEqual([6_000, 0]);
});
