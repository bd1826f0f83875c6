import { canonicalJson } from "../canonicalJson.ts";
import type { SilenceStatement } from "../decision/silenceStatement.ts";
import type { QuorumNow } from "../gate/quorum.ts";
import { agreementOf, quorumOf } from "../gate/quorum.ts";
import type { UserId } from "../ids.ts";
import type { CompiledGate } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";
import type { SilenceSignature } from "./silences.ts";

/**
 * How far a silence is that people sign: as many as a GO at the gate takes, from the same groups, none of them a requester. Only those
 * count together who signed the same end and the same reason; nobody can break the glass here.
 */
export function silenceQuorum(
  gate: CompiledGate,
  signed: readonly SilenceSignature[],
  requesters: readonly UserId[],
  now: Instant,
): QuorumNow & { readonly signers: readonly UserId[] } {
  const counting = signed.filter(({ silence }) => silence.statement.notAfter >= now);
  const words = counting.map(({ silence, by, groups }) => ({ by, groups, subject: silenceSubject(silence.statement) }));
  const { agreeing, ...quorum } = agreementOf(quorumOf(gate.spec), words, requesters);
  return { ...quorum, signers: agreeing.map(({ by }) => by) };
}

/** What people must have signed alike to be counted together. */
export function silenceSubject(statement: SilenceStatement): string {
  const { triggerId, gateId, runId, executableDigest, until, untilStep, reason } = statement;
  return canonicalJson({ triggerId, gateId, runId, executableDigest, until, untilStep: untilStep ?? null, reason });
}
