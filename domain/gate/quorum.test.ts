import { describe, expect, test } from "vitest";
import { ANNA, BEN, OWNER, person, SampleRun } from "../../tests/support/sampleRun.ts";
import type { Actor } from "../run/actor.ts";
import type { DecisionState } from "../run/state.ts";
import { gateOf } from "../run/stepOf.ts";
import { GO_GATE } from "./goGate.ts";
import { quorumNow } from "./quorum.ts";

/** A real decision of the sample, as if several people had made it. */
function decisions(...signers: readonly (readonly [Actor, ...string[]])[]): DecisionState[] {
  const run = new SampleRun().askApproval();
  run.decide(ANNA);
  const made = gateOf(run.state, GO_GATE).decisions[0];
  if (made === undefined) throw new Error("no decision");
  return signers.map(([actor, ...groups]) => ({ ...made, by: actor.userId, groups }));
}

const CARLA = person("carla", ["approver"]);

describe("a quorum", () => {
  test("needs so many different people of its groups", () => {
    const two = { of: ["approvers"], atLeast: 2 };
    expect(quorumNow(two, decisions([ANNA, "approvers"], [ANNA, "approvers"]), [])).toMatchObject({
      met: false,
      have: 1,
    });
    expect(quorumNow(two, decisions([ANNA, "approvers"], [BEN, "approvers"]), [])).toMatchObject({
      met: true,
      have: 2,
    });
    expect(quorumNow(two, decisions([ANNA, "approvers"], [BEN]), [])).toMatchObject({ met: false, have: 1, needed: 2 });
  });

  test("needs one person for each named group, and somebody in two groups speaks once", () => {
    const both = { of: ["ops", "data"], atLeast: 1 };
    expect(quorumNow(both, decisions([ANNA, "ops", "data"]), [])).toMatchObject({
      met: false,
      missingGroups: ["data"],
    });
    expect(quorumNow(both, decisions([ANNA, "ops", "data"], [BEN, "ops"]), []).met).toBe(true);
    expect(quorumNow(both, decisions([BEN, "ops"], [CARLA, "ops"]), [])).toMatchObject({ missingGroups: ["data"] });
  });

  test("finds the assignment of people to groups whatever the order of signing", () => {
    const three = { of: ["a", "b", "c"], atLeast: 3 };
    const made = decisions([ANNA, "a", "b", "c"], [BEN, "a", "b"], [CARLA, "a"]);
    expect(quorumNow(three, made, []).met).toBe(true);
    expect(quorumNow(three, made.toReversed(), []).met).toBe(true);
  });

  test("never counts requesters, and nothing but valid GO decisions", () => {
    const one = { of: ["approvers"], atLeast: 1 };
    expect(quorumNow(one, decisions([OWNER, "approvers"]), [OWNER.userId]).met).toBe(false);
    for (const life of ["suspended", "void", "spent", "takenBack"] as const) {
      const made = decisions([ANNA, "approvers"]).map((each) => ({ ...each, life }));
      expect(quorumNow(one, made, []).met).toBe(false);
    }
    const noGo = decisions([ANNA, "approvers"]).map((each) => ({ ...each, verdict: "NO-GO" as const }));
    expect(quorumNow(one, noGo, []).met).toBe(false);
  });

  test("counts only decisions over the same parameters together; measured values may differ", () => {
    const two = { of: ["approvers"], atLeast: 2 };
    const [first, second] = decisions([ANNA, "approvers"], [BEN, "approvers"]);
    if (first === undefined || second === undefined) throw new Error("two decisions");
    const over = (changes: object): DecisionState => ({
      ...second,
      decision: { ...second.decision, statement: { ...second.decision.statement, ...changes } },
    });
    expect(quorumNow(two, [first, over({ parameters: { from: "/else" } })], [])).toMatchObject({ met: false, have: 1 });
    expect(quorumNow(two, [first, over({ evidence: [] })], []).met).toBe(true);
  });
});
