import { canonicalJson } from "../../domain/canonicalJson.ts";
import type { SignedDecision } from "../../domain/decision/statement.ts";
import type { Digest, RunId } from "../../domain/ids.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import type { Instant } from "../../domain/time.ts";
import type { Authority } from "../../protocol/agent.ts";
import type { Approver } from "../config.ts";
import { verifySignature } from "./verifySignature.ts";

/** What an order claims, against which each decision is held. */
export interface Claim {
  readonly authority: Authority;
  readonly compiled: CompiledRunbook;
  readonly runId: RunId;
  /** This host's own key. */
  readonly fingerprint: Digest;
  readonly section: "forward" | "rollback";
  readonly now: Instant;
}

/** A decision that counts, or in words why it doesn't. */
export type DecisionVerdict =
  | { readonly counts: true; readonly decision: SignedDecision; readonly approver: Approver }
  | { readonly counts: false; readonly because: string };

/** Clocks of two machines may part by so much before the run is stopped for it (ms). */
export const CLOCK_TOLERANCE_MS = 5000;

/** Holds one decision against what is about to be done: its signature, and that every word of it says just this. */
export async function checkDecision(
  decision: SignedDecision,
  claim: Claim,
  approvers: readonly Approver[],
): Promise<DecisionVerdict> {
  const because = mismatch(decision, claim);
  if (because !== undefined) return { counts: false, because };
  const signature = await verifySignature(decision, approvers);
  return signature.valid
    ? { counts: true, decision, approver: signature.approver }
    : { counts: false, because: signature.because };
}

/** The first thing that a statement says otherwise than the order; undefined when there is none. */
function mismatch({ statement }: SignedDecision, claim: Claim): string | undefined {
  const { authority, compiled } = claim;
  const compared: readonly (readonly [string, unknown, unknown])[] = [
    ["run", statement.runId, claim.runId],
    ["window", statement.windowId, authority.windowId],
    ["runbook", statement.executableDigest, compiled.digests.executable],
    ["rollback section", statement.rollbackDigest, compiled.digests.rollback],
    ["language", statement.languageVersion, compiled.runbook.slackwater],
    ["parameters", statement.parameters, authority.parameters],
    ["hosts", statement.hosts, authority.hosts],
  ];
  for (const [what, signed, ordered] of compared) {
    const [was, is] = [canonicalJson(signed), canonicalJson(ordered)];
    if (was !== is) return `it was signed for ${what} ${was}, and the order has ${is}`;
  }
  return outOfTime(statement, claim);
}

function outOfTime({ notBefore, notAfter, rollbackLatestEnd }: SignedDecision["statement"], claim: Claim) {
  const isRollback = claim.section === "rollback";
  const latest = isRollback ? rollbackLatestEnd : notAfter;
  const inWords = (at: number) => new Date(at).toISOString();
  if (claim.now < notBefore - CLOCK_TOLERANCE_MS) return `it is not valid before ${inWords(notBefore)}`;
  if (claim.now > latest + CLOCK_TOLERANCE_MS) {
    return `it was valid until ${inWords(latest)}${isRollback ? " for a rollback" : ""}`;
  }
  return undefined;
}
