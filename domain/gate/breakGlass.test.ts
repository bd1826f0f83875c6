import { describe, expect, test } from "vitest";
import { ANNA, BEN, compileSample, OPERATOR, OWNER, person, SAMPLE, SampleRun } from "../../tests/support/sampleRun.ts";
import { Statement } from "../decision/statement.ts";
import { gateOf } from "../run/stepOf.ts";
import { GO_GATE } from "./goGate.ts";

const ADA = person("ada", ["admin"]);
const CARL = person("carl", ["approver"], ["others"]);
const REASON = "Ben is on a plane until six.";
const quorum = (of: readonly string[], atLeast: number) =>
  compileSample({ ...SAMPLE, approval: { ...SAMPLE.approval, quorum: { of, atLeast } } });

/** A run whose approval asks for two GOs. */
const asking = (plan = quorum(["approvers"], 2)): SampleRun => new SampleRun(plan).askApproval();
const breakGlass = (run: SampleRun, by = ADA) => run.decide(by, "BREAK-GLASS", GO_GATE, REASON);

describe("a gate whose approver can't be reached", () => {
  test("opens with one GO fewer when an admin, or an approver who does not decide there, breaks the glass", () => {
    for (const by of [ADA, CARL]) {
      const run = asking();
      expect(breakGlass(run, by).accepted).toBe(true);
      expect(run.state.stage).toBe("deciding");
      run.decide(ANNA);
      expect(run.state.stage).toBe("ready");
    }
  });

  test("never opens without anybody who decides, and one GO is the most that can be left out", () => {
    const nobody = asking();
    breakGlass(nobody, ADA);
    breakGlass(nobody, CARL);
    expect(nobody.state.stage).toBe("deciding");
    const three = asking(quorum(["approvers"], 3));
    breakGlass(three, ADA);
    breakGlass(three, CARL);
    three.decide(ANNA);
    expect(three.state.stage).toBe("deciding");
    three.decide(BEN);
    expect(three.state.stage).toBe("ready");
  });

  test("takes no broken glass where one GO is all that it needs", () => {
    expect(breakGlass(asking(quorum(["approvers"], 1)))).toMatchObject({
      because: "notAllowed",
      detail: expect.stringContaining("one person always decides"),
    });
  });

  test("takes none of those who decide, who requested, or who have another role; and no GO of an admin", () => {
    for (const by of [ANNA, OPERATOR]) expect(breakGlass(asking(), by)).toMatchObject({ because: "notAllowed" });
    expect(breakGlass(asking(), OWNER)).toMatchObject({ because: "ownRequest" });
    expect(asking().decide(ADA)).toMatchObject({ because: "notAllowed" });
    expect(asking().decide(ADA, "NO-GO")).toMatchObject({ because: "notAllowed" });
    expect(breakGlass(asking(), { ...ADA, signatureValid: false })).toMatchObject({ because: "badSignature" });
  });

  test("asks again when the glass is taken back, and the record keeps both", () => {
    const run = asking();
    breakGlass(run);
    run.decide(ANNA);
    expect(breakGlass(run)).toMatchObject({ because: "alreadyDecided" });
    run.order({ order: "takeBack", gateId: GO_GATE, reason: "Ben is there." }, ADA);
    expect(run.state.stage).toBe("deciding");
    run.decide(BEN);
    expect(run.state.stage).toBe("ready");
    expect(gateOf(run.state, GO_GATE).decisions.map(({ verdict, life }) => [verdict, life])).toEqual([
      ["BREAK-GLASS", "takenBack"],
      ["GO", "valid"],
      ["GO", "valid"],
    ]);
  });

  test("is not opened by a glass over what has changed since", () => {
    const run = asking();
    breakGlass(run);
    run.measured("team.is_ready", false);
    run.measured("team.is_ready", true);
    run.decide(ANNA);
    expect(run.state.stage).toBe("deciding");
  });
});

test("a reason is part of what is signed when the glass is broken, and of nothing else", () => {
  const run = asking();
  breakGlass(run);
  const statement = gateOf(run.state, GO_GATE).decisions[0]?.decision.statement;
  expect(statement?.reason).toBe(REASON);
  expect(Statement.safeParse(statement).success).toBe(true);
  expect(Statement.safeParse({ ...statement, reason: undefined }).success).toBe(false);
  expect(Statement.safeParse({ ...statement, verdict: "GO" }).success).toBe(false);
});
