import { differences } from "../decision/differences.ts";
import { delegationOf } from "../delegation/delegations.ts";
import { GO_GATE } from "../gate/goGate.ts";
import { quorumNow, quorumOf } from "../gate/quorum.ts";
import type { LoggedEvent, RunEvent, RunEventType } from "../run/events.ts";
import { evolve } from "../run/evolve.ts";
import { findGate, findStep, workOf } from "../run/findStep.ts";
import { scopeOf } from "../run/scope.ts";
import type { RunState } from "../run/state.ts";
import { gateOf } from "../run/stepOf.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import { gateOfTrigger, latestSilenceEnd } from "../silence/buildSilence.ts";
import { silenceQuorum } from "../silence/silenceQuorum.ts";
import { silenceOf } from "../silence/silences.ts";

/** Something that was done without the authority for it. */
export interface AuthorityProblem {
  readonly seq: number;
  readonly problem: string;
}

/**
 * Goes through a whole log once more and asks of every event whether people allowed it: decisions over just this runbook,
 * parameters and hosts, by nobody who requested the window; gates opened by their quorum, with criteria that passed or were
 * waived; a start inside the window; tasks of the runbook's steps only, behind an open GO. The log has been verified before.
 */
export function verifyAuthority(plan: CompiledRunbook, log: readonly LoggedEvent[]): readonly AuthorityProblem[] {
  const problems: AuthorityProblem[] = [];
  let state: RunState | undefined;
  // For a host that took the run over from an earlier event.
  const states = new Map<number, RunState>();
  for (const placed of log) {
    if (state !== undefined) {
      const problem = problemOf(plan, state, placed);
      if (problem !== undefined) problems.push({ seq: placed.seq, problem });
    }
    state = evolve(state, placed, (seq) => states.get(seq));
    states.set(placed.seq, state);
    if (placed.seq === 1 && state.executableDigest !== plan.digests.executable) {
      problems.push({ seq: 1, problem: "the runbook compiles to something else than what was decided" });
    }
  }
  return problems;
}

const FROM_PEOPLE_ONLY: ReadonlySet<RunEventType> = new Set<RunEventType>([
  "decisionSigned",
  "decisionTakenBack",
  "silenceSigned",
  "delegated",
  "delegationTakenBack",
  "criterionWaived",
  "itemConfirmed",
  "secretSealed",
  "approvalAsked",
]);

/** An SSH key can sign what a terminal shows; its signature is checked as every other, with those of the log. */
function isSignedAtHost(event: RunEvent): boolean {
  return event.type === "decisionSigned" && event.decision.signature.kind === "ssh";
}

function problemOf(plan: CompiledRunbook, before: RunState, { event, at }: LoggedEvent): string | undefined {
  if (before.takenOver !== undefined && FROM_PEOPLE_ONLY.has(event.type) && !isSignedAtHost(event)) {
    return "what only people with their own devices can do, while a host carried the run on";
  }
  switch (event.type) {
    case "decisionSigned": {
      const { notAfter, inPlaceOf } = event.decision.statement;
      if (before.requesters.includes(event.by)) return "a requester decided";
      if (inPlaceOf !== undefined) {
        if (before.requesters.includes(inPlaceOf)) return "somebody decided in a requester's place";
        if (delegationOf(before, inPlaceOf, at)?.to !== event.by)
          return `decided in the place of ${inPlaceOf}, who had not named them`;
      }
      if (at > notAfter) return `decided after ${new Date(notAfter).toISOString()}, when its time was over`;
      const [changed] = event.verdict !== "NO-GO" ? differences(event.decision.statement, before, plan) : [];
      return changed === undefined ? undefined : `a GO over something else: ${changed.what}`;
    }
    case "gateOpened": {
      const gate = findGate(plan, event.gateId);
      if (gate === undefined) return "a gate that the runbook does not have";
      const open = event.judgements.filter(({ id, verdict }) => verdict !== "pass" && before.waivers[id] === undefined);
      if (open.length > 0) return `opened although not met: ${open.map(({ title }) => title).join("; ")}`;
      if (event.how === "criteria") return gate.spec.opensBy === "criteria" ? undefined : "people decide at this gate";
      const { decisions } = gateOf(before, event.gateId);
      return quorumNow(quorumOf(gate.spec), decisions, before.requesters).met ? undefined : "opened without its quorum";
    }
    case "silenceSigned":
      return before.requesters.includes(event.by) ? "a requester signed that a trigger be silenced" : undefined;
    case "triggerSilenced": {
      const trigger = plan.triggers.find(({ id }) => id === event.triggerId);
      if (trigger === undefined) return "a trigger that the runbook does not have";
      if (event.until > latestSilenceEnd(before, at)) return "a trigger was silenced beyond the window";
      const { signed } = silenceOf(before, event.triggerId);
      const agreed = silenceQuorum(gateOfTrigger(plan, trigger), signed, before.requesters, at);
      const isAsSigned = signed.some(
        ({ by, silence: { statement } }) =>
          agreed.signers.includes(by) &&
          statement.until === event.until &&
          statement.untilStep === event.untilStep &&
          statement.reason === event.reason,
      );
      return agreed.met && isAsSigned ? undefined : "a trigger was silenced without its quorum";
    }
    case "runStarted":
      return at >= before.windowStartsAt && at < before.windowEndsAt ? undefined : "started outside of the window";
    case "taskOrdered": {
      const step = findStep(plan, event.stepId);
      const work = step === undefined ? undefined : workOf(step);
      if (step === undefined || work?.kind !== "task") return "a task of no step of the runbook";
      if (work.task.action !== event.action) return `the runbook says ${work.task.action}, not ${event.action}`;
      if (before.takenOver !== undefined && before.takenOver.hostId !== event.hostId) {
        return "a task for another host than the one that carried the run on";
      }
      if (before.hosts[work.task.host]?.hostId !== event.hostId) return "a task for another host than the window binds";
      const needsGo = step.section !== "checklist" || work.task.class === "destroy";
      return needsGo && gateOf(before, GO_GATE).stage !== "open" ? "a task without a GO" : undefined;
    }
    case "stepSkipped": {
      const step = findStep(plan, event.stepId);
      if (step?.section !== "forward") return undefined;
      if (event.by !== undefined) {
        return !step.skippable || step.work.kind === "gate" ? "a step that must not be skipped" : undefined;
      }
      const { when } = step;
      const applies =
        when === undefined ? "pass" : plan.expressions.judge("when", "", when, scopeOf(before, at)).verdict;
      return applies === "fail"
        ? undefined
        : "a step passed by without a person, although its condition does not say so";
    }
    default:
      return undefined;
  }
}
