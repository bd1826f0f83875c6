import { expect, test } from "vitest";
import { ANNA, SampleRun } from "../../tests/support/sampleRun.ts";
import { buildSilence } from "../silence/buildSilence.ts";
import { Instant } from "../time.ts";
import { SignedSilence } from "./silenceStatement.ts";
import { SignedDecision } from "./statement.ts";

test("what silences a trigger is no decision in anybody's frame, whatever is written beside it", () => {
  const run = new SampleRun().start();
  run.decide(ANNA);
  const made = run.log.flatMap(({ event }) => (event.type === "decisionSigned" ? [event.decision] : []))[0];
  const [trigger] = run.plan.triggers;
  if (made === undefined || trigger === undefined) throw new Error("nothing was signed");
  const wish = { trigger, until: Instant.parse(run.now + 60_000), reason: "Known." };
  const asked = { approver: ANNA.userId, nonce: "n".repeat(43), now: run.now, chainHead: made.statement.chainHead };
  const silence = { statement: buildSilence(run.state, run.plan, wish, asked), signature: made.signature };
  expect(SignedSilence.safeParse(silence).success).toBe(true);
  expect(SignedDecision.safeParse(silence).success).toBe(false);
  // Hosts and gates take only this shape: neither the verdict nor the fields of the one fit into the other.
  const both = { ...silence, statement: { ...made.statement, ...silence.statement } };
  expect(SignedDecision.safeParse(both).success).toBe(false);
  expect(SignedSilence.safeParse(both).success).toBe(false);
  const dressed = { ...silence, statement: { ...silence.statement, slackwater: "decision/1", verdict: "GO" } };
  expect(SignedDecision.safeParse(dressed).success).toBe(false);
  expect(SignedSilence.safeParse(made).success).toBe(false);
});

test("there is none without an end, a reason, or with blanks around the reason", () => {
  const run = new SampleRun().start();
  const [trigger] = run.plan.triggers;
  if (trigger === undefined) throw new Error("no trigger");
  const wish = { trigger, until: Instant.parse(run.now + 60_000), reason: "Known." };
  const asked = { approver: ANNA.userId, nonce: "n".repeat(43), now: run.now, chainHead: run.state.executableDigest };
  const { until: _until, ...endless } = buildSilence(run.state, run.plan, wish, asked);
  const { statement } = SignedSilence.shape;
  expect(statement.safeParse(endless).success).toBe(false);
  expect(statement.safeParse({ ...endless, until: wish.until }).success).toBe(true);
  expect(statement.safeParse({ ...endless, until: wish.until, reason: "" }).success).toBe(false);
  expect(statement.safeParse({ ...endless, until: wish.until, reason: " Known." }).success).toBe(false);
});
