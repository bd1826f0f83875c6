import { expect, test } from "vitest";
import { Instant } from "../../domain/time.ts";
import { viewOf } from "../../tests/support/runView.ts";
import { ANNA, BEN, compileSample, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import { placesOf, undecided } from "./deciding.ts";

const hour = 3_600_000;

test("a reminder names for whom nobody has decided, and who stands in for them", () => {
  const approval = { ...SAMPLE.approval, quorum: { of: ["approvers"], atLeast: 2 }, expires: "4h" };
  const run = new SampleRun(compileSample({ ...SAMPLE, approval })).askApproval();
  const gate = () => {
    const [first] = viewOf(run).gates;
    if (first === undefined) throw new Error("no gate");
    return first;
  };
  expect(gate()).toMatchObject({ remindedAt: null });
  run.pass(3 * hour);
  expect(gate()).toMatchObject({ remindedAt: run.now });
  expect(undecided(gate())).toEqual(["Anna", "Ben"]);
  const until = Instant.parse(run.now + hour);
  run.order({ order: "delegate", to: BEN.userId, until, reason: "On a plane." }, { ...ANNA, named: BEN });
  expect(undecided(gate())).toEqual(["Anna (Ben in their place)", "Ben"]);
  expect(placesOf(gate(), "ben")).toMatchObject([{ from: { name: "Anna" } }]);
  expect(placesOf(gate(), "carl")).toEqual([]);
  run.decide(BEN, "GO", "go", undefined, ANNA.userId);
  expect(undecided(gate())).toEqual(["Ben"]);
  expect(placesOf(gate(), "ben")).toEqual([]);
});
