import { latestNotAfter } from "../decision/buildStatement.ts";
import type { SilenceStatement } from "../decision/silenceStatement.ts";
import { GO_GATE } from "../gate/goGate.ts";
import type { Digest, StepId, UserId } from "../ids.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledGate, CompiledRunbook, CompiledTrigger } from "../runbook/compiled.ts";
import type { DurationMs, Instant } from "../time.ts";
import { later } from "../time.ts";

/** How long a signature counts towards a silence that needs more of them, in ms. */
export const COUNTS_FOR_MS: DurationMs = 30 * 60_000;

/** What is asked for: which trigger, until when, and why. */
export interface SilenceWish {
  readonly trigger: CompiledTrigger;
  readonly until: Instant;
  readonly untilStep?: StepId | undefined;
  readonly reason: string;
}

/** The statement that this person would sign now to silence a trigger. `nonce`: 32 random bytes, base64url. */
export function buildSilence(
  state: RunState,
  plan: CompiledRunbook,
  { trigger, until, untilStep, reason }: SilenceWish,
  asked: { readonly approver: UserId; readonly nonce: string; readonly now: Instant; readonly chainHead: Digest },
): SilenceStatement {
  return {
    slackwater: "silence/1",
    verdict: "SILENCE",
    triggerId: trigger.id,
    gateId: gateOfTrigger(plan, trigger).gateId,
    windowId: state.windowId,
    runId: state.runId,
    kind: state.kind,
    executableDigest: state.executableDigest,
    until,
    ...(untilStep === undefined ? {} : { untilStep }),
    reason,
    windowEndsAt: state.windowEndsAt,
    chainHead: asked.chainHead,
    notAfter: later(asked.now, COUNTS_FOR_MS),
    nonce: asked.nonce,
    approver: asked.approver,
  };
}

/**
 * Until when a trigger can be silenced at most: to the end of the window, or for a quarter of an hour where a run is late. After that
 * nobody may be awake, and a trigger that brings the old side back must be heard.
 */
export function latestSilenceEnd(state: RunState, now: Instant): Instant {
  return latestNotAfter(state, now);
}

/** The gate whose quorum silences a trigger: the last one for people before it is armed; the approval where there is none. */
export function gateOfTrigger(plan: CompiledRunbook, { source: { armed }, during }: CompiledTrigger): CompiledGate {
  const after = armed.after === undefined ? -1 : plan.steps.findIndex(({ id }) => id === armed.after);
  const first = during?.[0] === undefined ? 0 : plan.steps.findIndex(({ id }) => id === during[0]);
  const passed = plan.steps.slice(0, Math.max(after + 1, first));
  const gates = passed.flatMap(({ work }) =>
    work.kind === "gate" && work.gate.spec.opensBy === "people" ? [work.gate] : [],
  );
  const gate = gates.at(-1) ?? plan.gates.find(({ gateId }) => gateId === GO_GATE);
  if (gate === undefined) throw new Error("a compiled runbook has an approval gate");
  return gate;
}
