import { createHash } from "node:crypto";
import type { ActionSpec } from "../../domain/action/defineAction.ts";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import type { Sha256 } from "../../domain/digest.ts";
import { quorumNow, quorumOf } from "../../domain/gate/quorum.ts";
import type { HostId } from "../../domain/ids.ts";
import { Digest, partsOfTaskId } from "../../domain/ids.ts";
import type { AnyStep } from "../../domain/run/findStep.ts";
import { findStep, workOf } from "../../domain/run/findStep.ts";
import { factTree } from "../../domain/run/scope.ts";
import type { DecisionState } from "../../domain/run/state.ts";
import type { CompiledGate, CompiledRunbook, CompiledTask, Scope } from "../../domain/runbook/compiled.ts";
import type { Instant } from "../../domain/time.ts";
import type { Authority, TaskOrder } from "../../protocol/agent.ts";
import type { AgentConfig } from "../config.ts";
import type { Claim, DecisionVerdict } from "./checkDecision.ts";
import { checkDecision } from "./checkDecision.ts";
import type { Compile } from "./compileOnce.ts";
import { approval, gatesBefore } from "./gatesBefore.ts";
import type { PastTask } from "./ownFacts.ts";
import { ownView } from "./ownFacts.ts";
import { refuse } from "./refuse.ts";

export type Counted = Extract<DecisionVerdict, { counts: true }>;

/** How an order may be carried out: without a decision, or on these. */
export type Warrant =
  | { readonly kind: "none"; readonly because: "observes" | "safe" | "standing" }
  | { readonly kind: "decisions"; readonly counted: readonly Counted[] };

/** What this host knows by itself when it judges an order. */
export interface Judge {
  readonly config: AgentConfig;
  readonly fingerprint: Digest;
  readonly hostId: HostId;
  /** Tasks of this run in this agent's own journal, oldest first. */
  readonly past: readonly PastTask[];
  readonly now: Instant;
  /** See compileOnce.ts. */
  readonly compile: Compile;
}

export const sha256: Sha256 = (text) => Digest.parse(createHash("sha256").update(text, "utf8").digest("hex"));

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
  if (spec.class === "observe") return { kind: "none", because: "observes" };
  if (spec.class === "safe") return { kind: "none", because: "safe" };
  if (spec.class === "change" && judge.config.standing.includes(spec.name))
    return { kind: "none", because: "standing" };
  if (judge.config.approvers.length === 0) {
    refuse("agent.yaml pins no approvers, so nothing that changes this host is carried out.");
  }
  const compiled = await compileSigned(authority, judge);
  const { step, task } = findTask(compiled, order, authority, judge);
  const counted = await checkGates(spec, step, compiled, order, authority, judge);
  assertSameArguments(task, compiled, order, authority, judge, counted);
  return { kind: "decisions", counted };
}

async function compileSigned(authority: Authority, judge: Judge): Promise<CompiledRunbook> {
  if (sha256(authority.runbookText) !== authority.runbookDigest)
    refuse("The runbook's text is not that of its digest.");
  const compiled = await judge.compile(authority.runbookText, sha256);
  if (typeof compiled === "string") return refuse(`The runbook can't be read on this host: ${compiled}`);
  if (compiled.digests.executable !== authority.executableDigest) {
    refuse(
      `The runbook compiles to ${compiled.digests.executable} here, and the order has ${authority.executableDigest}.`,
    );
  }
  return compiled;
}

function findTask(
  compiled: CompiledRunbook,
  order: TaskOrder,
  authority: Authority,
  judge: Judge,
): { step: AnyStep; task: CompiledTask } {
  const { stepId } = partsOfTaskId(order.taskId);
  const step = findStep(compiled, stepId);
  const work = step === undefined ? undefined : workOf(step);
  if (step === undefined || work?.kind !== "task") return refuse(`The runbook has no task at step ${stepId}.`);
  if (work.task.action !== order.action)
    refuse(`Step ${stepId} is ${work.task.action}, and the order is ${order.action}.`);
  if (authority.hosts[work.task.host] !== judge.fingerprint) refuse(`Step ${stepId} is not for this host.`);
  return { step, task: work.task };
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
  for (const gate of gates) counted.push(...(await checkGate(gate, claim, judge)));
  return counted;
}

async function checkGate(gate: CompiledGate, claim: Claim, judge: Judge): Promise<readonly Counted[]> {
  const here = claim.authority.decisions.filter(({ statement }) => statement.gateId === gate.gateId);
  const verdicts = await Promise.all(here.map((decision) => checkDecision(decision, claim, judge.config.approvers)));
  const counted = verdicts.filter((verdict) => verdict.counts);
  const noGo = counted.find(({ decision }) => decision.statement.verdict === "NO-GO");
  if (noGo !== undefined) refuse(`${noGo.approver.user} decided NO-GO at gate ${gate.gateId}.`);
  const quorum = quorumNow(quorumOf(gate.spec), counted.map(asState), []);
  if (quorum.met) return counted;
  const whyNot = verdicts.flatMap((verdict) => (verdict.counts ? [] : [verdict.because]));
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

function assertSameArguments(
  task: CompiledTask,
  compiled: CompiledRunbook,
  order: TaskOrder,
  authority: Authority,
  judge: Judge,
  counted: readonly Counted[],
): void {
  const rendered = compiled.expressions.renderArguments(
    task.with,
    ownScope(compiled, order, authority, judge, counted),
  );
  const own = rendered.ok
    ? rendered.value
    : refuse(`The arguments can't be computed from what this host knows itself: ${rendered.failure.message}`);
  const names = new Set([...Object.keys(own), ...Object.keys(order.arguments)]);
  for (const name of [...names].sort()) {
    const [here, there] = [inWords(own[name]), inWords(order.arguments[name])];
    if (here !== there)
      refuse(`Argument ${name} is ${here} by what this host knows itself, and the order has ${there}.`);
  }
}

function ownScope(
  compiled: CompiledRunbook,
  order: TaskOrder,
  authority: Authority,
  judge: Judge,
  counted: readonly Counted[],
): Scope {
  const { runId } = partsOfTaskId(order.taskId);
  const [first] = counted;
  const statement = first?.decision.statement;
  const base = {
    params: authority.parameters,
    run: { id: runId, kind: statement?.kind ?? ("live" as const) },
    now: judge.now,
    window: { starts_at: statement?.windowStartsAt ?? judge.now, ends_at: statement?.windowEndsAt ?? judge.now },
  };
  const view = ownView(judge.past, compiled, judge.hostId, base);
  return { ...base, facts: factTree(view.facts, judge.now), began: view.began, done: view.done };
}

function inWords(value: unknown): string {
  return value === undefined ? "absent" : canonicalJson(value);
}
