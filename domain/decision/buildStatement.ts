import { criteriaNow, evidenceOf } from "../gate/criteria.ts";
import type { Digest, HostRole, UserId } from "../ids.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledGate, CompiledRunbook } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";
import { later } from "../time.ts";
import { LANGUAGE_VERSION } from "./digests.ts";
import type { Statement, Verdict } from "./statement.ts";

/** How long a statement made at or after the end of the window can be signed, in ms. */
const LATE_STATEMENT_MS = 15 * 60_000;

/** What the approver is asked to sign at a gate, on the state and the facts of this moment. `nonce`: 32 random bytes, base64url. */
export function buildStatement(
  state: RunState,
  plan: CompiledRunbook,
  gate: CompiledGate,
  asked: {
    readonly verdict: Verdict;
    readonly approver: UserId;
    readonly nonce: string;
    readonly now: Instant;
    /** Hash of the last event of the run. */
    readonly chainHead: Digest;
    /** Why the glass is broken; for that verdict only. */
    readonly reason?: string | undefined;
    /** In whose place it is signed. */
    readonly inPlaceOf?: UserId | undefined;
  },
): Statement {
  return {
    slackwater: "decision/1",
    verdict: asked.verdict,
    gateId: gate.gateId,
    windowId: state.windowId,
    runId: state.runId,
    kind: state.kind,
    executableDigest: state.executableDigest,
    languageVersion: LANGUAGE_VERSION,
    parameters: state.parameters,
    hosts: hostKeys(state),
    evidence: evidenceOf(criteriaNow(plan, state, gate, asked.now)),
    rollbackDigest: plan.digests.rollback,
    rollbackLatestEnd: rollbackLatestEnd(state),
    chainHead: asked.chainHead,
    windowStartsAt: state.windowStartsAt,
    windowEndsAt: state.windowEndsAt,
    // Not the moment of signing: a GO given in the afternoon is no authority before the night it is for.
    notBefore: state.windowStartsAt,
    notAfter: latestNotAfter(state, asked.now),
    nonce: asked.nonce,
    approver: asked.approver,
    ...(asked.inPlaceOf === undefined ? {} : { inPlaceOf: asked.inPlaceOf }),
    ...(asked.reason === undefined ? {} : { reason: asked.reason }),
  };
}

/** The key fingerprint of the host in each role. */
export function hostKeys(state: RunState): Record<HostRole, Digest> {
  const hosts = Object.entries<RunState["hosts"][HostRole]>(state.hosts);
  return Object.fromEntries(hosts.map(([role, host]) => [role, host.keyFingerprint]));
}

/**
 * Until when a GO authorises the rollback: the window's end plus three times its planned length. The length of the window and
 * not the sum of the steps, because that sum changes with what is measured and a signed date must not.
 */
export function rollbackLatestEnd(state: RunState): Instant {
  return later(state.windowEndsAt, 3 * (state.windowEndsAt - state.windowStartsAt));
}

/** A GO lasts until the window's end; one made later (a last gate of a run that is late) for a quarter of an hour. */
export function latestNotAfter(state: RunState, madeAt: Instant): Instant {
  const late = later(madeAt, LATE_STATEMENT_MS);
  return late > state.windowEndsAt ? late : state.windowEndsAt;
}
