import { describe, expect, test } from "vitest";
import {
  ANNA,
  BEN,
  compileSample,
  OWNER,
  person,
  SAMPLE,
  SampleRun,
  WINDOW_END,
  WINDOW_START,
} from "../../tests/support/sampleRun.ts";
import { buildStatement } from "../decision/buildStatement.ts";
import type { Statement } from "../decision/statement.ts";
import { Digest, StepId } from "../ids.ts";
import { findGate } from "../run/findStep.ts";
import type { CompiledGate } from "../runbook/compiled.ts";
import { Instant } from "../time.ts";
import { criteriaNow, evidenceOf } from "./criteria.ts";
import { GO_GATE } from "./goGate.ts";

const step = (id: string) => StepId.parse(id);

function goGate(run: SampleRun): CompiledGate {
  const gate = findGate(run.plan, GO_GATE);
  if (gate === undefined) throw new Error("no gate");
  return gate;
}

/** Signs a statement that was changed after it was made. */
function signChanged(run: SampleRun, changes: Partial<Statement>, actor = ANNA) {
  const gate = goGate(run);
  const nonce = "n".repeat(43);
  const statement = {
    ...buildStatement(run.state, run.plan, gate, {
      verdict: "GO",
      approver: actor.userId,
      nonce,
      now: run.now,
      chainHead: Digest.parse("0".repeat(64)),
    }),
    ...changes,
  };
  const text = { credentialId: "A", clientDataJSON: "A", authenticatorData: "A", signature: "A", publicKey: "A" };
  const signature = { kind: "passkey", software: false, ...text } as const;
  return run.order({ order: "decide", gateId: GO_GATE, decision: { statement, signature } }, actor);
}

describe("asking for approval", () => {
  test("is refused with the names of the items that are open", () => {
    const run = new SampleRun();
    expect(run.order({ order: "askApproval" })).toMatchObject({
      because: "checklistOpen",
      detail: "Measure the host; Measure the directory; The team is ready; Users were told",
    });
  });

  test("is refused when a GO criterion fails, and allowed when that was waived by those who may", () => {
    const run = new SampleRun().prepare();
    run.measured("host.aes", false);
    expect(run.order({ order: "askApproval" })).toMatchObject({ because: "criteriaNotMet" });
    const waive = { order: "waive", criterionId: "aes", reason: "The slow-down is accepted." } as const;
    expect(run.order(waive, person("zoe", ["approver"]))).toMatchObject({ because: "notAllowed" });
    expect(run.order(waive, OWNER)).toMatchObject({ because: "ownRequest" });
    expect(run.order({ ...waive, criterionId: "cores" }, ANNA)).toMatchObject({ because: "notWaivable" });
    expect(run.order(waive, ANNA).accepted).toBe(true);
    expect(run.order({ order: "askApproval" }).accepted).toBe(true);
  });

  test("is refused when one NO-GO criterion holds", () => {
    const run = new SampleRun().prepare();
    run.measured("dir.size_bytes", 2 ** 41);
    expect(run.order({ order: "askApproval" })).toMatchObject({
      because: "criteriaNotMet",
      detail: "The directory is larger than 1 TiB",
    });
  });

  test("is refused when a criterion can't be judged because its fact is stale", () => {
    const run = new SampleRun().prepare();
    run.now = Instant.parse(run.now + 49 * 3_600_000);
    const over = run.order({ order: "askApproval" });
    expect(over).toMatchObject({ because: "outsideWindow" });
    const early = new SampleRun(compileSample(), Instant.parse(WINDOW_START - 72 * 3_600_000)).prepare();
    early.now = Instant.parse(early.now + 49 * 3_600_000);
    expect(early.order({ order: "askApproval" })).toMatchObject({ because: "criteriaUnknown" });
  });

  test("an honest 'no' in the checklist keeps it open", () => {
    const run = new SampleRun().prepare();
    run.order({ order: "confirmItem", itemId: step("team-ready"), value: false, reason: "One is ill." });
    expect(run.order({ order: "askApproval" })).toMatchObject({
      because: "checklistOpen",
      detail: "The team is ready",
    });
  });
});

describe("deciding", () => {
  test("GO by the quorum makes the run ready", () => {
    const run = new SampleRun().askApproval();
    expect(run.decide(ANNA).accepted).toBe(true);
    expect(run.state.stage).toBe("ready");
    expect(run.state.gates).toMatchObject({ go: { stage: "open", openedBy: "quorum" } });
  });

  test("a gate that was decided in time has no expiry left", () => {
    const run = new SampleRun(
      compileSample({ ...SAMPLE, approval: { ...SAMPLE.approval, expires: "1h" } }),
    ).askApproval();
    expect(Object.keys(run.state.timers)).toHaveLength(1);
    run.decide(ANNA);
    expect(run.state.timers).toEqual({});
    run.pass(2 * 3_600_000);
    expect(run.state.stage).toBe("ready");
  });

  test("approval that nobody gives in time goes back to preparation", () => {
    const run = new SampleRun(
      compileSample({ ...SAMPLE, approval: { ...SAMPLE.approval, expires: "1h" } }),
    ).askApproval();
    run.pass(3_600_000);
    expect(run.state).toMatchObject({ stage: "preparing", gates: { go: { refusedBy: "expired" } } });
  });

  test("nobody approves a window that they requested", () => {
    expect(new SampleRun().askApproval().decide(OWNER)).toMatchObject({ because: "ownRequest" });
  });

  test("an approver of another group does not decide here", () => {
    expect(new SampleRun().askApproval().decide(person("zoe", ["approver"], ["holders"]))).toMatchObject({
      because: "notAllowed",
    });
  });

  test("one NO-GO sends the run back to its preparation, also after it was ready", () => {
    const run = new SampleRun().askApproval();
    run.decide(ANNA);
    expect(run.decide(BEN, "NO-GO").accepted).toBe(true);
    expect(run.state.stage).toBe("preparing");
    run.order({ order: "askApproval" });
    expect(run.state.stage).toBe("deciding");
    expect(run.decide(ANNA).accepted).toBe(true);
    expect(run.state.stage).toBe("ready");
  });

  test("NO-GO abandons the run where the runbook says so", () => {
    const run = new SampleRun(compileSample({ ...SAMPLE, approval: { ...SAMPLE.approval, onNoGo: "abandon" } }));
    run.askApproval();
    run.decide(ANNA, "NO-GO");
    expect(run.state).toMatchObject({ stage: "ended", outcome: "abandoned" });
  });

  test("NO-GO is taken even when values changed since the page was opened: the safe choice is never refused", () => {
    const run = new SampleRun().askApproval();
    expect(signChanged(run, { verdict: "NO-GO", parameters: {}, evidence: [] }).accepted).toBe(true);
    expect(run.state.stage).toBe("preparing");
  });

  test("a statement over anything but what would be done is refused, naming both values", () => {
    const digest = Digest.parse("f".repeat(64));
    const changes: readonly [Partial<Statement>, string][] = [
      [{ executableDigest: digest }, "runbook: ffff"],
      [{ rollbackDigest: digest }, "rollback: ffff"],
      [{ parameters: { from: "/srv/other", to: "/srv/new/data" } }, "parameter from: /srv/other → /srv/old"],
      [{ hosts: {} }, "key of host db: absent"],
      [{ windowEndsAt: Instant.parse(WINDOW_END + 1) }, "end of the window"],
      [{ rollbackLatestEnd: Instant.parse(WINDOW_END + 1) }, "latest end of the rollback"],
      [{ notBefore: Instant.parse(1) }, "start of the authority"],
      [{ notAfter: Instant.parse(WINDOW_END + 1) }, "It lasts too long"],
      [{ kind: "rehearsal" }, "kind of run: rehearsal → live"],
    ];
    for (const [change, detail] of changes) {
      const refused = signChanged(new SampleRun().askApproval(), change);
      expect(refused).toMatchObject({ accepted: false, because: "staleStatement" });
      expect(refused.accepted ? "" : refused.detail).toContain(detail);
    }
  });

  test("a bad signature, another person's statement and an expired one are refused", () => {
    expect(new SampleRun().askApproval().decide({ ...ANNA, signatureValid: false })).toMatchObject({
      because: "badSignature",
    });
    expect(signChanged(new SampleRun().askApproval(), { approver: BEN.userId })).toMatchObject({
      because: "badSignature",
    });
    expect(signChanged(new SampleRun().askApproval(), { notAfter: Instant.parse(1) })).toMatchObject({
      because: "statementExpired",
    });
  });

  test("a statement decides once: sent again, it is refused and nothing happens twice", () => {
    const run = new SampleRun().askApproval();
    expect(signChanged(run, {}).accepted).toBe(true);
    expect(signChanged(run, {})).toMatchObject({ because: "nonceSpent" });
  });

  test("GO is refused while a criterion fails, or when it is judged otherwise than was signed", () => {
    const run = new SampleRun().askApproval();
    run.measured("team.is_ready", false);
    expect(run.decide(ANNA)).toMatchObject({ because: "criteriaNotMet" });
    const other = new SampleRun().askApproval();
    const evidence = [{ criterionId: "cores", verdict: "fail" as const, values: {} }];
    expect(signChanged(other, { evidence })).toMatchObject({ because: "staleStatement" });
  });

  test("GO is refused when it names a waiver that nobody gave", () => {
    const run = new SampleRun().askApproval();
    const evidence = criteriaNow(run.plan, run.state, goGate(run), run.now);
    const claimed = evidenceOf(evidence).map((each) =>
      each.criterionId === "aes" ? { ...each, waived: { by: BEN.userId, reason: "Fine." } } : each,
    );
    expect(signChanged(run, { evidence: claimed })).toMatchObject({ because: "staleStatement" });
    expect(signChanged(run, { evidence: evidenceOf(evidence) }).accepted).toBe(true);
  });

  test("a second GO of the same person is refused until the first is taken back", () => {
    const two = { ...SAMPLE.approval, quorum: { of: ["approvers"], atLeast: 2 } };
    const run = new SampleRun(compileSample({ ...SAMPLE, approval: two })).askApproval();
    run.decide(ANNA);
    expect(run.state.stage).toBe("deciding");
    expect(run.decide(ANNA)).toMatchObject({ because: "alreadyDecided" });
    run.order({ order: "takeBack", gateId: GO_GATE, reason: "Too early." }, ANNA);
    expect(run.decide(ANNA).accepted).toBe(true);
    run.decide(BEN);
    expect(run.state.stage).toBe("ready");
  });
});
