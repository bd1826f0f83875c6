import { expect, test } from "vitest";
import { viewOf } from "../../../tests/support/runView.ts";
import { SampleRun } from "../../../tests/support/sampleRun.ts";

const stages = (run: SampleRun) => Object.fromEntries(viewOf(run).announcements.map(({ id, stage }) => [id, stage]));

test("before a run starts its notice is next; once it runs, nobody is sent a notice any more", () => {
  const run = new SampleRun();
  expect(stages(run)).toMatchObject({ notice: "next", finished: "now" });
  expect(stages(run.start())).toMatchObject({ notice: "ifNeeded", finished: "now" });
});

test("when a run is over, what was true while it went on is not offered as the text for now", () => {
  const run = new SampleRun();
  run.order({ order: "abandon", reason: "Another night." });
  expect(stages(run)).toEqual({ notice: "ifNeeded", begun: "ifNeeded", finished: "ifNeeded" });
});
