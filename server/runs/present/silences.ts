import { quorumOf } from "../../../domain/gate/quorum.ts";
import type { UserId } from "../../../domain/ids.ts";
import { StepId } from "../../../domain/ids.ts";
import { isOneOf, mayOrder } from "../../../domain/run/actor.ts";
import type { CompiledGate, CompiledTrigger } from "../../../domain/runbook/compiled.ts";
import { gateOfTrigger, latestSilenceEnd } from "../../../domain/silence/buildSilence.ts";
import { silenceQuorum, silenceSubject } from "../../../domain/silence/silenceQuorum.ts";
import type { SilenceSignature } from "../../../domain/silence/silences.ts";
import { silenceOf } from "../../../domain/silence/silences.ts";
import type { SilenceTerms, SilenceView } from "../../../protocol/http/silence.ts";
import { actorOf } from "./actorOf.ts";
import { needsText } from "./needsText.ts";
import type { Subject } from "./subject.ts";

/** The silence of one trigger: what it takes, who signs, what is signed, what is in force. */
export function presentSilence(subject: Subject, trigger: CompiledTrigger): SilenceView {
  const { plan, state, now } = subject;
  const gate = gateOfTrigger(plan, trigger);
  const { inForce } = silenceOf(state, trigger.id);
  return {
    needs: needsText(subject, gate),
    gate: gate.spec.title,
    latestEnd: latestSilenceEnd(state, now),
    signers: signersOf(subject, gate),
    inForce: inForce === undefined ? null : termsOf(subject, inForce, inForce.signers, inForce.since),
    proposed: proposedOf(subject, gate, trigger.id),
  };
}

function signersOf({ people, state }: Subject, { spec }: CompiledGate): SilenceView["signers"] {
  const { of } = quorumOf(spec);
  return people
    .filter((person) => {
      const actor = actorOf(person);
      const isTheirs = of.length === 0 || isOneOf(actor, of);
      return mayOrder(actor, "silenceTrigger") && isTheirs && !state.requesters.includes(actor.userId);
    })
    .map(({ userId, name }) => ({ userId, name }));
}

/** Those who signed the same end and reason are one proposal. What no longer counts is left out. */
function proposedOf(subject: Subject, gate: CompiledGate, triggerId: string): SilenceView["proposed"] {
  const { state, now } = subject;
  const alike = new Map<string, SilenceSignature[]>();
  for (const signed of silenceOf(state, triggerId).signed) {
    const { statement } = signed.silence;
    if (statement.notAfter < now) continue;
    const key = silenceSubject(statement);
    alike.set(key, [...(alike.get(key) ?? []), signed]);
  }
  return [...alike.values()].flatMap((signed) => {
    const [first] = signed;
    if (first === undefined) return [];
    const { statement } = first.silence;
    const { have, needed, missingGroups } = silenceQuorum(gate, signed, state.requesters, now);
    const by = signed.map((made) => made.by);
    const terms = termsOf(subject, statement, by, statement.notAfter);
    return [{ ...terms, userIds: by, missing: Math.max(needed - have, missingGroups.length) }];
  });
}

function termsOf(
  { names }: Subject,
  {
    until,
    untilStep,
    reason,
  }: { readonly until: number; readonly untilStep?: string | undefined; readonly reason: string },
  by: readonly UserId[],
  at: number,
): SilenceTerms {
  const step = untilStep === undefined ? null : { id: StepId.parse(untilStep), title: names.step(untilStep) };
  return { until, untilStep: step, reason, by: by.map(names.person), at };
}
