import { expect, test } from "vitest";
import { ANNA, SampleRun, sha256 } from "../../tests/support/sampleRun.ts";
import { GO_GATE } from "../gate/goGate.ts";
import { findGate } from "../run/findStep.ts";
import { gateOf } from "../run/stepOf.ts";
import { statementLines } from "./statementLines.ts";

/** What would be signed at the sample's approval, with changes, as it is shown. */
function shownOf(changes: object, title = "Orders move"): string {
  const run = new SampleRun().askApproval();
  run.decide(ANNA);
  const made = gateOf(run.state, GO_GATE).decisions[0];
  const gate = findGate(run.plan, GO_GATE);
  if (made === undefined || gate === undefined) throw new Error("the sample has a decision");
  const names = { title, service: "Orders", hosts: new Map([["db", "orders-db-1"]]) };
  const statement = { ...made.decision.statement, ...changes };
  return statementLines(statement, { plan: run.plan, gate }, names, "Europe/Berlin", {
    sha256,
    wordsOf: (digest) => digest.slice(0, 6).split("").join(" "),
  }).join("\n");
}

test("an approver reads each thing that is bound, and which names are only the server's", () => {
  const text = shownOf({});
  expect(text).toMatch(/verdict {5}GO\n/);
  expect(text).toMatch(/parameters {2}from = \/srv\/old\n/);
  expect(text).toMatch(/hosts {7}db: (\w[\w-]* ){6}\(called orders-db-1 by the server\)/);
  expect(text).toMatch(/pass {5}.*\(facts\./);
  expect(text).toMatch(/will do {5}1 {2}/);
  expect(text).toMatch(/for good {4}./);
  expect(text).toMatch(/words {7}(\w[\w-]* ?){6}\n/);
  expect(text).toContain('called "Orders move" for Orders by the server');
});

test("nothing that a server sends can move the cursor, begin a line of its own, or turn the text round", () => {
  const text = shownOf(
    { parameters: { from: "/srv\u001b[2J\u001b[1A/old\n  verdict     NO-GO", to: "\u202egnihton" } },
    "a\r\n  verdict     NO-GO\u0007",
  );
  expect(text.match(/[\p{Cc}\p{Cf}]/gu)?.filter((one) => one !== "\n")).toEqual([]);
  expect(text.match(/^ {2}verdict/gm)).toHaveLength(1);
});

test("a criterion that fails or was waived can't be overlooked", () => {
  const evidence = [
    { criterionId: "cores", verdict: "fail", values: {} },
    { criterionId: "aes", verdict: "unknown", waived: { by: "ben", reason: "Known." }, values: {} },
  ];
  const text = shownOf({ evidence });
  expect(text).toMatch(/FAIL /);
  expect(text).toMatch(/UNKNOWN .*, WAIVED by ben: Known\./);
});
