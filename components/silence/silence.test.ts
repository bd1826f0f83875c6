import { expect, test } from "vitest";
import { Instant } from "../../domain/time.ts";
import { viewOf } from "../../tests/support/runView.ts";
import { ANNA, BEN, compileSample, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import { endChoices, endText } from "./silenceWords.ts";

test("the view says who signs, what is missing, and by whom and until when a trigger is silenced", () => {
  const approval = { ...SAMPLE.approval, quorum: { of: ["approvers"], atLeast: 2 } };
  const run = new SampleRun(compileSample({ ...SAMPLE, approval })).askApproval();
  run.decide(ANNA);
  run.decide(BEN);
  run.now = run.state.windowStartsAt;
  run.order({ order: "start" });
  run.succeed("prepare");
  const until = Instant.parse(run.now + 20 * 60_000);
  run.silence(ANNA, "app-slow", { until });
  const slow = () => viewOf(run).triggers.find(({ id }) => id === "app-slow")?.silence;
  expect(slow()).toMatchObject({
    needs: "needs 2 GO from Those who decide",
    gate: "GO for the move",
    latestEnd: run.state.windowEndsAt,
    signers: [{ name: "Anna" }, { name: "Ben" }],
    inForce: null,
    proposed: [{ by: ["Anna"], missing: 1, until }],
  });
  run.silence(BEN, "app-slow", { until });
  expect(slow()).toMatchObject({ inForce: { by: ["Anna", "Ben"], until, untilStep: null }, proposed: [] });
  const value = 500;
  run.report({
    report: "probeSampled",
    probeId: "app",
    sample: { at: run.now, ok: true, value, consecutiveFailures: 0, detail: "" },
  });
  expect(viewOf(run).triggers.find(({ id }) => id === "app-slow")).toMatchObject({
    stage: "pending",
    firesAt: run.now,
  });
});

test("the ends that can be chosen lie on full minutes and never beyond the latest", () => {
  const at = (text: string): number => Date.parse(`2026-12-01T${text}Z`);
  const labels = (latest: string) => endChoices(at("02:00:30"), at(latest), "UTC").map(({ label }) => label);
  expect(labels("04:00:00")).toEqual([
    "10 min, until 02:11",
    "30 min, until 02:31",
    "60 min, until 03:01",
    "Until 04:00, the latest there is",
  ]);
  expect(labels("02:20:00")).toEqual(["10 min, until 02:11", "Until 02:20, the latest there is"]);
  const step = { id: "copy", title: "Copy" };
  expect(endText({ until: at("03:30:00"), untilStep: step }, at("02:00:00"), "UTC")).toBe(
    "until 03:30, or until “Copy” is over",
  );
});
