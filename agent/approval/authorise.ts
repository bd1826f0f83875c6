import type { ActionSpec } from "../../domain/action/defineAction.ts";
import { quorumNow, quorumOf } from "../../domain/gate/quorum.ts";
import type { Digest } from "../../domain/ids.ts";
import { partsOfTaskId } from "../../domain/ids.ts";
import type { AnyStep } from "../../domain/run/findStep.ts";
import type { DecisionState } from "../../domain/run/state.ts";
import type { CompiledGate, CompiledRunbook } from "../../domain/runbook/compiled.ts";
import type { Authority, TaskOrder } from "../../protocol/agent.ts";
import type { AgentConfig } from "../config.ts";
import { notHere } from "./breakGlass.ts";
import type { Claim, DecisionVerdict } from "./checkDecision.ts";
import { checkDecision } from "./checkDecision.ts";
import { approval, gatesBefore } from "./gatesBefore.ts";
import type { Reader } from "./ownReading.ts";
import { assertSameArguments, groundsAsInText, groundsOf, readText } from "./ownReading.ts";
import { refuse } from "./refuse.ts";

export type Counted = Extract<DecisionVerdict, { counts: true }>;

/** How an order may be carried out: without a decision, or on these. */
export type Warrant = (
  | { readonly kind: "none"; readonly because: "observes" | "safe" | "standing" }
  | { readonly kind: "decisions"; readonly counted: readonly Counted[] }
) & {
  /** Text, parameters and hosts by which the order is just what its step says; undefined where it is something else. */
  readonly grounds: Digest | undefined;
};

/** What this host knows by itself when it judges an order. */
export interface Judge extends Reader {
  readonly config: AgentConfig;
}

/**
 * Judges whether people whose keys are pinned on this host decided that this very order be carried out. The server's word counts
 * for nothing here: the runbook is compiled again from the signed text, the arguments are computed again from it, from signed
 * parameters and from what this host measured itself, and must come out equal. Throws `notAuthorised`, saying which check refused.
 */
export async function authorise(
  spec: ActionSpec,
  order: TaskOrder,
  authority: Authority,
  judge: Judge,
): Promise<Warrant> {
  const because = withoutDecision(spec, judge.config);
  if (because !== undefined) {
    return { kind: "none", because, grounds: await groundsAsInText(order, authority, judge) };
  }
  if (judge.config.approvers.length === 0) {
    refuse("agent.yaml pins no approvers, so nothing that changes this host is carried out.");
  }
  const reading = await readText(order, authority, judge);
  const counted = await checkGates(spec, reading.step, reading.compiled, order, authority, judge);
  assertSameArguments(reading, order, authority, judge, counted[0]?.decision.statement);
  return { kind: "decisions", counted, grounds: groundsOf(authority) };
}

/** Why an action needs no decision; undefined when it needs one. */
function withoutDecision(spec: ActionSpec, { standing }: AgentConfig): "observes" | "safe" | "standing" | undefined {
  if (spec.class === "observe") return "observes";
  if (spec.class === "safe") return "safe";
  return spec.class === "change" && standing.includes(spec.name) ? "standing" : undefined;
}

async function checkGates(
  spec: ActionSpec,
  step: AnyStep,
  compiled: CompiledRunbook,
  order: TaskOrder,
  authority: Authority,
  judge: Judge,
): Promise<readonly Counted[]> {
  if (step.section === "checklist") {
    return refuse(`${spec.name} changes this host before any decision. agent.yaml can grant it under "standing".`);
  }
  if (step.section === "rollback" && spec.class === "destroy") {
    return refuse(`${spec.name} would destroy data in a rollback, which no GO covers.`);
  }
  const { runId } = partsOfTaskId(order.taskId);
  const claim: Claim = {
    authority,
    compiled,
    runId,
    fingerprint: judge.fingerprint,
    section: step.section,
    now: judge.now,
  };
  const gates = step.section === "rollback" ? approval(compiled) : gatesBefore(compiled, step.id);
  if (gates.length === 0) refuse("The runbook has no approval.");
  const counted: Counted[] = [];
  for (const gate of gates) counted.push(...(await checkGate(gate, spec, claim, judge)));
  return counted;
}

async function checkGate(
  gate: CompiledGate,
  spec: ActionSpec,
  claim: Claim,
  judge: Judge,
): Promise<readonly Counted[]> {
  const here = claim.authority.decisions.filter(({ statement }) => statement.gateId === gate.gateId);
  const verdicts = await Promise.all(here.map((decision) => checkDecision(decision, claim, judge.config.approvers)));
  const verified = verdicts.filter((verdict) => verdict.counts);
  const noGo = verified.find(({ decision }) => decision.statement.verdict === "NO-GO");
  if (noGo !== undefined) refuse(`${noGo.approver.user} decided NO-GO at gate ${gate.gateId}.`);
  const counted = verified.filter((made) => notHere(made, spec, judge.config) === undefined);
  const quorum = quorumNow(quorumOf(gate.spec), counted.map(asState), []);
  if (quorum.met) return counted;
  const whyNot = verdicts.flatMap((made) => (made.counts ? (notHere(made, spec, judge.config) ?? []) : made.because));
  const missing = quorum.missingGroups.length === 0 ? "" : `, nobody of ${quorum.missingGroups.join(", ")}`;
  const others = whyNot.length === 0 ? "" : ` Not counted: ${whyNot.join("; ")}.`;
  return refuse(`Gate ${gate.gateId} has ${quorum.have} of ${quorum.needed} decisions${missing}.${others}`);
}

/** A checked decision in the form in which domain/gate counts. The groups are those that the host's owner wrote down. */
function asState({ decision, approver }: Counted): DecisionState {
  const { statement } = decision;
  return {
    decision,
    by: statement.approver,
    groups: approver.groups,
    verdict: statement.verdict,
    life: "valid",
    signedAt: statement.notBefore,
  };
}
