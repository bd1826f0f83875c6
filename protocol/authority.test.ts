import { expect, test } from "vitest";
import { ANNA, BEN, SampleRun, sha256 } from "../tests/support/sampleRun.ts";
import { authorityOf } from "./authority.ts";

test("a host is shown the decisions that stand, and never the NO-GO of a round that was asked again", () => {
  const run = new SampleRun().askApproval();
  run.decide(ANNA);
  run.decide(BEN, "NO-GO");
  run.order({ order: "askApproval" });
  run.decide(ANNA);
  const { decisions } = authorityOf({ state: run.state, plan: run.plan, head: { seq: 1, hash: sha256("head") } });
  expect(decisions.map(({ statement }) => [statement.approver, statement.verdict])).toEqual([["anna", "GO"]]);
});
