import { expect, test } from "vitest";
import { GO_GATE } from "../../domain/gate/goGate.ts";
import { viewOf } from "../../tests/support/runView.ts";
import { ANNA, compileSample, person, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import { reportMarkdown } from "./report.ts";

const REASON = "Ben is on a plane until six.";

test("a broken glass is shown with name and reason in the view of every page, in the log and in the report", () => {
  const approval = { ...SAMPLE.approval, quorum: { of: ["approvers"], atLeast: 2 } };
  const run = new SampleRun(compileSample({ ...SAMPLE, approval })).askApproval();
  expect(reportMarkdown(viewOf(run))).not.toContain("GLASS");
  run.decide(person("ada", ["admin"]), "BREAK-GLASS", GO_GATE, REASON);
  run.decide(ANNA);
  expect(run.state.stage).toBe("ready");
  const view = viewOf(run);
  const [gate] = view.gates;
  expect(gate?.decisions[0]).toMatchObject({ verdict: "BREAK-GLASS", reason: REASON });
  expect(gate?.breakers.map(({ name }) => name)).toEqual(["Carl"]);
  expect(view.log.map(({ text }) => text).join("\n")).toMatch(
    /ada BROKE THE GLASS at .*: Ben is on a plane until six\./,
  );
  expect(reportMarkdown(view)).toMatch(/\*\*GLASS BROKEN\*\* at .* by ada, .*Reason: Ben is on a plane until six\./);
});
