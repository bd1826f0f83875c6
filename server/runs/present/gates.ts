import { canonicalJson } from "../../../domain/canonicalJson.ts";
import { statementText } from "../../../domain/decision/digests.ts";
import { isHeldByProgram } from "../../../domain/decision/statement.ts";
import { plannedStepMs } from "../../../domain/forecast/stepSpread.ts";
import { canBreakGlass, mayBreakGlass } from "../../../domain/gate/breakGlass.ts";
import { quorumOf } from "../../../domain/gate/quorum.ts";
import { stepsBehind } from "../../../domain/gate/stepsBehind.ts";
import type { GateId } from "../../../domain/ids.ts";
import { rolesToPoll } from "../../../domain/poll/poll.ts";
import { isOneOf } from "../../../domain/run/actor.ts";
import type { DecisionState } from "../../../domain/run/state.ts";
import { gateOf } from "../../../domain/run/stepOf.ts";
import type { CompiledGate } from "../../../domain/runbook/compiled.ts";
import type { DecisionView, GateView } from "../../../protocol/http/gates.ts";
import { sha256 } from "../../db/sha256.ts";
import { fingerprintWords } from "../../identity/words.ts";
import { actorOf } from "./actorOf.ts";
import { presentCriteria } from "./criteria.ts";
import { presentDelegations } from "./delegations.ts";
import { needsText } from "./needsText.ts";
import { presentPoll, rolesOf } from "./poll.ts";
import type { Subject } from "./subject.ts";

/** Every gate of the run, the approval first. */
export function presentGates(subject: Subject): readonly GateView[] {
  return subject.plan.gates.map((gate) => presentGate(subject, gate));
}

function presentGate(subject: Subject, gate: CompiledGate): GateView {
  const state = gateOf(subject.state, gate.gateId);
  const { spec } = gate;
  return {
    gateId: gate.gateId,
    title: spec.title,
    stage: state.stage,
    opensBy: spec.opensBy,
    needs: needsText(subject, gate),
    askedAt: state.askedAt ?? null,
    expiresAt: state.expiresAt ?? null,
    remindedAt: state.reminders?.at ?? null,
    decidedAt: state.decidedAt ?? null,
    decisions: state.decisions.map((made) => presentDecision(subject, made)),
    deciders: decidersOf(subject, gate),
    breakers: breakersOf(subject, gate),
    delegations: presentDelegations(subject, gate),
    poll: presentPoll(subject, gate.gateId),
    pollRoles: rolesOf(subject, rolesToPoll(subject.plan)),
    criteria: presentCriteria(subject, gate),
    afterGo: spec.afterGo ?? null,
    cannotBeUndone: spec.cannotBeUndone ?? null,
    afterNoGo: spec.afterNoGo ?? null,
    willDo: stepsBehind(subject.plan, gate.gateId).map((step) => ({
      id: step.id,
      number: step.index ?? null,
      title: step.title,
      plannedMs: plannedStepMs(subject.plan, subject.state, step, subject.now),
    })),
    words: subjectWords(subject, gate.gateId),
  };
}

function decidersOf({ people, state }: Subject, { spec }: CompiledGate): GateView["deciders"] {
  const { of } = quorumOf(spec);
  return people
    .map((person) => ({ person, actor: actorOf(person) }))
    .filter(({ actor }) => actor.roles.has("approver") && (of.length === 0 || isOneOf(actor, of)))
    .map(({ person, actor }) => ({
      userId: person.userId,
      name: person.name,
      groups: of.filter((word) => isOneOf(actor, [word])),
      isRequester: state.requesters.some((requester) => requester === person.userId),
    }));
}

function breakersOf({ people, state }: Subject, { spec }: CompiledGate): GateView["breakers"] {
  if (!canBreakGlass(spec)) return [];
  return people
    .filter((person) => mayBreakGlass(spec, actorOf(person)) && !state.requesters.some((one) => one === person.userId))
    .map(({ userId, name }) => ({ userId, name }));
}

function presentDecision({ names }: Subject, made: DecisionState): DecisionView {
  const { inPlaceOf } = made.decision.statement;
  return {
    by: names.person(made.by),
    userId: made.by,
    groups: made.groups,
    inPlaceOf: inPlaceOf === undefined ? null : { userId: inPlaceOf, name: names.person(inPlaceOf) },
    verdict: made.verdict,
    reason: made.decision.statement.reason ?? null,
    life: made.life,
    because: made.because ?? null,
    signedAt: made.signedAt,
    words: fingerprintWords(sha256(statementText(made.decision.statement))).slice(0, 3),
    signedWith: made.decision.signature.kind,
    software: isHeldByProgram(made.decision.signature),
  };
}

/**
 * Six words over what everybody at this gate signs alike: run, runbook, parameters, hosts, rollback. Verdict, evidence, time and name are
 * each signer's own and left out, so that two people can compare what they have in front of them.
 */
function subjectWords({ state, plan }: Subject, gateId: GateId): readonly string[] {
  const shared = canonicalJson({
    gateId,
    runId: state.runId,
    executableDigest: state.executableDigest,
    rollbackDigest: plan.digests.rollback,
    parameters: state.parameters,
    hosts: state.hosts,
  });
  return fingerprintWords(sha256(shared));
}
