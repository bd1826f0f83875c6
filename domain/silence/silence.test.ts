import { describe, expect, test } from "vitest";
import {
  ANNA,
  BEN,
  compileSample,
  OPERATOR,
  OWNER,
  person,
  SAMPLE,
  SampleRun,
  WINDOW_END,
} from "../../tests/support/sampleRun.ts";
import { Digest, StepId } from "../ids.ts";
import { Instant } from "../time.ts";
import { gateOfTrigger } from "./buildSilence.ts";
import { isSilenced } from "./silences.ts";

const minute = 60_000;
const in20 = (run: SampleRun) => ({ until: Instant.parse(run.now + 20 * minute) });

function sample(run: SampleRun, consecutiveFailures: number, value = 5): void {
  const ok = consecutiveFailures === 0;
  run.report({
    report: "probeSampled",
    probeId: "app",
    sample: { at: run.now, ok, value, consecutiveFailures, detail: "" },
  });
}

/** Past `try-it`: the trigger that rolls back is armed, by the approval's quorum of so many. */
function armed(atLeast = 1): SampleRun {
  const approval = { ...SAMPLE.approval, quorum: { of: ["approvers"], atLeast } };
  const run = new SampleRun(compileSample({ ...SAMPLE, approval })).askApproval();
  run.decide(ANNA);
  if (atLeast > 1) run.decide(BEN);
  run.now = run.state.windowStartsAt;
  run.order({ order: "start" });
  run.succeed("prepare");
  run.succeed("copy");
  run.order({ order: "confirmManual", stepId: StepId.parse("try-it"), fields: { works: true } });
  return run;
}

describe("a silenced trigger", () => {
  test("shows that it holds and does nothing, for as long as it is silenced", () => {
    const run = armed();
    expect(run.silence(ANNA, "app-down", in20(run)).accepted).toBe(true);
    expect(isSilenced(run.state, "app-down")).toBe(true);
    sample(run, 3);
    run.now = Instant.parse(run.now + minute);
    sample(run, 9);
    expect(run.state.stage).toBe("running");
    expect(run.state.triggers).toMatchObject({ "app-down": { stage: "pending" } });
    sample(run, 0);
    expect(run.state.triggers).toMatchObject({ "app-down": { stage: "quiet" } });
  });

  test("fires at once when its time is over and the condition has held for its `for`, with nobody there", () => {
    const run = armed();
    run.silence(ANNA, "app-down", in20(run));
    sample(run, 3);
    run.pass(20 * minute - 1);
    expect(run.state.stage).toBe("running");
    run.pass(1);
    expect(run.state).toMatchObject({ stage: "rollingBack", rollback: { cause: "trigger" }, silences: {} });
    expect(run.log.map(({ event }) => event.type)).toContain("silenceEnded");
  });

  test("waits out its `for` when the condition came just before the end", () => {
    const run = armed();
    run.silence(ANNA, "app-down", in20(run));
    run.pass(20 * minute - 4000);
    sample(run, 3);
    run.pass(4000);
    expect(run.state.stage).toBe("running");
    run.now = Instant.parse(run.now + 6000);
    sample(run, 5);
    expect(run.state.stage).toBe("rollingBack");
  });

  test("without a `for` is silent all the same, and holds the run when it is heard again", () => {
    const run = armed();
    run.silence(ANNA, "app-slow", in20(run));
    sample(run, 0, 500);
    expect(run.state.triggers).toMatchObject({ "app-slow": { stage: "pending" } });
    expect(run.state.stage).toBe("running");
    run.order({ order: "endSilence", triggerId: "app-slow", reason: "Found it." });
    expect(run.state.hold).toMatchObject({ cause: "trigger" });
  });

  test("does not fire on what was seen before its probe fell silent", () => {
    const run = armed();
    run.silence(ANNA, "app-down", in20(run));
    sample(run, 3);
    run.report({ report: "probeMissed", probeId: "app", missed: 3 });
    run.pass(20 * minute);
    expect(run.state).toMatchObject({ stage: "running", silences: {} });
    sample(run, 8);
    expect(run.state.stage).toBe("rollingBack");
  });

  test("is heard again when the step it was silenced for is over, before its time", () => {
    const run = armed();
    run.silence(ANNA, "app-slow", { ...in20(run), untilStep: StepId.parse("keep") });
    run.decide(BEN, "GO", "keep");
    expect(isSilenced(run.state, "app-slow")).toBe(false);
    expect(run.log.map(({ event }) => event)).toContainEqual({
      type: "silenceEnded",
      triggerId: "app-slow",
      how: "step",
    });
  });

  test("leaves the way back to people: they roll back whenever they like", () => {
    const run = armed();
    run.silence(ANNA, "app-down", in20(run));
    run.order({ order: "rollBack", reason: "It is worse than we thought." });
    expect(run.state).toMatchObject({ stage: "rollingBack", silences: {} });
    expect(run.order({ order: "endSilence", triggerId: "app-down", reason: "No." })).toMatchObject({
      because: "notSilenced",
    });
  });

  test("is none any more once the run has ended", () => {
    const run = armed();
    run.silence(ANNA, "app-down", in20(run));
    run.order({ order: "hold", reason: "" });
    run.order({ order: "abandon", reason: "Not tonight." });
    expect(run.state).toMatchObject({ stage: "ended", silences: {} });
    expect(run.order({ order: "endSilence", triggerId: "app-down", reason: "No." })).toMatchObject({
      because: "notSilenced",
    });
  });
});

describe("who silences a trigger", () => {
  test("one alone never does where the gate took two; both sign the same", () => {
    const run = armed(2);
    const wish = in20(run);
    expect(run.silence(ANNA, "app-down", wish).accepted).toBe(true);
    expect(isSilenced(run.state, "app-down")).toBe(false);
    expect(run.silence(ANNA, "app-down", wish)).toMatchObject({ because: "alreadyOrdered" });
    run.silence(BEN, "app-down", { ...wish, reason: "Another reason." });
    expect(isSilenced(run.state, "app-down")).toBe(false);
    sample(run, 3);
    expect(run.silence(BEN, "app-down", wish).accepted).toBe(true);
    expect(run.state.silences).toMatchObject({ "app-down": { inForce: { signers: ["anna", "ben"] } } });
  });

  test("what the first signed does not count for ever", () => {
    const run = armed(2);
    const wish = { until: Instant.parse(run.now + 60 * minute) };
    run.silence(ANNA, "app-down", wish);
    run.pass(31 * minute);
    run.silence(BEN, "app-down", wish);
    expect(isSilenced(run.state, "app-down")).toBe(false);
  });

  test("never who requested the window, no operator, no approver of another group, nobody without a signature", () => {
    const run = armed();
    expect(run.silence(OWNER, "app-down", in20(run))).toMatchObject({ because: "ownRequest" });
    expect(run.silence(OPERATOR, "app-down", in20(run))).toMatchObject({ because: "notAllowed" });
    expect(run.silence(person("zoe", ["approver"]), "app-down", in20(run))).toMatchObject({ because: "notAllowed" });
    expect(run.silence({ ...ANNA, signatureValid: false }, "app-down", in20(run))).toMatchObject({
      because: "badSignature",
    });
    expect(run.state.silences).toEqual({});
  });

  test("takes the quorum of the last gate before it is armed", () => {
    const plan = compileSample({
      ...SAMPLE,
      triggers: [
        { ...SAMPLE.triggers[0], id: "early", armed: { after: "copy" } },
        { ...SAMPLE.triggers[0], id: "late", armed: { after: "say-so" } },
        { ...SAMPLE.triggers[0], id: "always", armed: {} },
      ],
    });
    const gates = Object.fromEntries(plan.triggers.map((trigger) => [trigger.id, gateOfTrigger(plan, trigger).gateId]));
    expect(gates).toEqual({ early: "go", late: "keep", always: "go" });
  });
});

describe("a silence is refused", () => {
  test("without an end ahead, and beyond the end of the window", () => {
    const run = armed();
    expect(run.silence(ANNA, "app-down", { until: run.now })).toMatchObject({ because: "endNotAllowed" });
    expect(run.silence(ANNA, "app-down", { until: Instant.parse(WINDOW_END + 1) })).toMatchObject({
      because: "endNotAllowed",
      detail: "A silence ends with the window at the latest.",
    });
    const over = { ...in20(run), untilStep: StepId.parse("copy") };
    expect(run.silence(ANNA, "app-down", over)).toMatchObject({ because: "endNotAllowed" });
    expect(run.silence(ANNA, "app-down", { until: WINDOW_END }).accepted).toBe(true);
  });

  test("when the run does not go forward, or was changed, or the statement was used before", () => {
    const before = new SampleRun().askApproval();
    expect(before.silence(ANNA, "app-down", in20(before))).toMatchObject({ because: "wrongStage" });
    const run = armed();
    const changed = { executableDigest: Digest.parse("0".repeat(64)) };
    expect(run.silence(ANNA, "app-down", in20(run), changed)).toMatchObject({ because: "staleStatement" });
    expect(run.silence(ANNA, "app-down", in20(run), { triggerId: "app-slow" })).toMatchObject({
      because: "staleStatement",
    });
    const used = run.state.nonces[0] ?? "";
    expect(run.silence(ANNA, "app-down", in20(run), { nonce: used })).toMatchObject({ because: "nonceSpent" });
    const long = { notAfter: Instant.parse(run.now + 31 * minute) };
    expect(run.silence(ANNA, "app-down", in20(run), long)).toMatchObject({ because: "staleStatement" });
    expect(run.order({ order: "endSilence", triggerId: "app-down", reason: "No." })).toMatchObject({
      because: "notSilenced",
    });
  });

  test("and what was signed towards it can be taken away by whoever may hold the run", () => {
    const run = armed(2);
    run.silence(ANNA, "app-down", in20(run));
    expect(
      run.order({ order: "endSilence", triggerId: "app-down", reason: "No." }, person("vera", ["viewer"])),
    ).toMatchObject({ because: "notAllowed" });
    expect(run.order({ order: "endSilence", triggerId: "app-down", reason: "No." }).accepted).toBe(true);
    expect(run.state.silences).toEqual({});
  });
});
