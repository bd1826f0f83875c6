import { describe, expect, test } from "vitest";
import type { GateView } from "../../protocol/http/gates.ts";
import { viewOf } from "../../tests/support/runView.ts";
import { ANNA, SampleRun } from "../../tests/support/sampleRun.ts";
import { criteriaSummary, gateToShow, signingReasons, waitsForReader } from "./deciding.ts";
import { changesSince, lookOf } from "./looked.ts";

function asking(): SampleRun {
  const run = new SampleRun().prepare();
  run.order({ order: "askApproval" });
  return run;
}
const goGate = (run: SampleRun): GateView => {
  const gate = viewOf(run).gates[0];
  if (!gate) throw new Error("the sample has a gate");
  return gate;
};
const reader = (userId: string, role = "approver") => ({ userId, role, hasPasskey: true });

describe("who signs", () => {
  test("a gate that asks waits for whoever may decide and has not, and for nobody else", () => {
    const gate = goGate(asking());
    expect(waitsForReader(gate, "anna")).toBe(true);
    expect(waitsForReader(gate, "operator")).toBe(false);
    const run = asking();
    run.decide(ANNA);
    expect(waitsForReader(goGate(run), "anna")).toBe(false);
  });

  test("an approver can sign both ways; a NO-GO is never held up by a criterion, and a GO names the one that is in the way", () => {
    const gate = goGate(asking());
    expect(signingReasons(gate, reader("anna"))).toEqual({ go: undefined, noGo: undefined });
    const failing = {
      ...gate,
      criteria: gate.criteria.map((each, place) => (place === 0 ? { ...each, verdict: "fail" as const } : each)),
    };
    const reasons = signingReasons(failing, reader("anna"));
    expect(reasons.noGo).toBeUndefined();
    expect(reasons.go).toBe(`“${failing.criteria[0]?.title}” fails.`);
    expect(criteriaSummary(failing.criteria).isGood).toBe(false);
  });

  test("a waived criterion is not in the way", () => {
    const gate = goGate(asking());
    const waived = gate.criteria.map((each, place) =>
      place === 0 ? { ...each, verdict: "fail" as const, waived: { by: "Ben", reason: "Known." } } : each,
    );
    expect(signingReasons({ ...gate, criteria: waived }, reader("anna")).go).toBeUndefined();
  });

  test("the requester, an operator and someone without a passkey are each told why not", () => {
    const gate = goGate(asking());
    const deciders = [{ userId: "owner", name: "Olga", groups: [], isRequester: true }, ...gate.deciders];
    expect(signingReasons({ ...gate, deciders }, reader("owner")).noGo).toContain("requested");
    expect(signingReasons(gate, reader("operator", "operator")).go).toBe("Approvers sign here.");
    expect(signingReasons(gate, { ...reader("anna"), hasPasskey: false }).go).toContain("passkey");
  });

  test("who has signed GO can still sign NO-GO, and not GO again", () => {
    const run = asking();
    run.decide(ANNA);
    const gate = goGate(run);
    expect(signingReasons(gate, reader("anna"))).toEqual({ go: "You have signed GO.", noGo: undefined });
  });
});

describe("which gate is shown", () => {
  test("the one that asks comes before those ahead, unless another is asked for by name", () => {
    const view = viewOf(asking());
    expect(gateToShow(view, null)?.gateId).toBe("go");
    expect(gateToShow(view, "keep")?.gateId).toBe("keep");
    expect(gateToShow(view, "no such gate")?.gateId).toBe("go");
  });

  test("one that was refused stays before those ahead: whoever signed NO-GO finds it again", () => {
    const run = asking();
    run.decide(ANNA, "NO-GO");
    expect(gateToShow(viewOf(run), null)).toMatchObject({ gateId: "go", stage: "refused" });
  });
});

describe("changed since you looked", () => {
  test("names each verdict and value that is not as it was, and says when nothing is", () => {
    const gate = goGate(asking());
    const before = lookOf(gate, 0);
    expect(changesSince(before, lookOf(gate, 1))).toEqual({ changes: [], sameRest: true });
    const [first, ...rest] = gate.criteria;
    if (!first) throw new Error("the gate has criteria");
    const changed = {
      ...gate,
      words: ["other", ...gate.words.slice(1)],
      criteria: [
        { ...first, verdict: "fail" as const, values: first.values.map((fact) => ({ ...fact, text: "2" })) },
        ...rest,
      ],
    };
    const { changes, sameRest } = changesSince(before, lookOf(changed, 1));
    expect(changes).toMatchObject([
      { title: first.title, was: "passed", is: "fails" },
      { title: "Processor cores", was: "4", is: "2" },
    ]);
    expect(sameRest).toBe(false);
  });
});
