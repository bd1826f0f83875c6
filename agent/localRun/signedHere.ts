import { randomBytes } from "node:crypto";
import { buildStatement } from "../../domain/decision/buildStatement.ts";
import { readSshSignature } from "../../domain/decision/sshSignature.ts";
import type { Statement, Verdict } from "../../domain/decision/statement.ts";
import { SignedDecision } from "../../domain/decision/statement.ts";
import { statementLines } from "../../domain/decision/statementLines.ts";
import { Failure } from "../../domain/failure.ts";
import { findStep, workOf } from "../../domain/run/findStep.ts";
import type { RunState } from "../../domain/run/state.ts";
import type { CompiledGate, CompiledRunbook } from "../../domain/runbook/compiled.ts";
import type { Instant } from "../../domain/time.ts";
import { sha256 } from "../approval/ownReading.ts";
import { verifySignature } from "../approval/verifySignature.ts";
import type { Approver } from "../config.ts";
import { loadWords } from "../words.ts";
import type { LocalRun } from "./localRun.ts";
import type { PackPerson } from "./localRuns.ts";

/** The gate for people that a run waits at now; undefined where it waits at none. */
function gateThatAsks(plan: CompiledRunbook, state: RunState): CompiledGate | undefined {
  const waiting = Object.values(state.steps).find(({ stage, kind }) => stage === "waiting" && kind === "gate");
  const step = waiting === undefined ? undefined : findStep(plan, waiting.stepId);
  const work = step === undefined ? undefined : workOf(step);
  return work?.kind === "gate" && work.gate.spec.opensBy === "people" ? work.gate : undefined;
}

/** What an approver is asked to sign at this host, on what it knows now. Throws `notPermitted` where no gate asks, or not them. */
export function statementHere(
  local: LocalRun,
  approver: PackPerson,
  { verdict, now }: { readonly verdict: Verdict; readonly now: Instant },
): Statement {
  const { plan } = local.run;
  const state = local.state();
  const gate = gateThatAsks(plan, state);
  const from = local.from();
  if (gate === undefined || from === undefined) throw new Failure("notPermitted", "No gate asks anybody now.");
  if (approver.role !== "approver") throw new Failure("notPermitted", `${approver.name} is no approver.`);
  return buildStatement(state, plan, gate, {
    ...{ verdict, approver: approver.userId, now },
    nonce: randomBytes(32).toString("base64url"),
    // The newest event that has a hash: what was done here since gets its own when it joins the server's log.
    chainHead: from.hash,
  });
}

/** A statement in words, for who is about to sign it: in the window's time zone, since nobody knows where the reader is. */
export async function wordsOfStatement(statement: Statement, { run }: LocalRun): Promise<readonly string[]> {
  const { plan, pack } = run;
  const { window, hosts } = pack.about;
  const gate = plan.gates.find(({ gateId }) => gateId === statement.gateId);
  if (gate === undefined) throw new Failure("defect", `The runbook has no gate ${statement.gateId}.`);
  const names = {
    ...{ title: window.title, service: window.service },
    hosts: new Map(hosts.map(({ role, name }) => [role, name])),
  };
  const wordsOf = await loadWords();
  return statementLines(statement, { plan, gate }, names, window.zone, { sha256, wordsOf });
}

/** The statement with its signature, checked by the keys that agent.yaml pins. Throws `notAuthorised` with what is wrong. */
export async function signedHere(
  statement: Statement,
  armoured: string,
  approvers: readonly Approver[],
): Promise<SignedDecision> {
  const publicKey = readSshSignature(armoured)?.key;
  if (publicKey === undefined) throw new Failure("notAuthorised", "That is no signature of ssh-keygen.");
  const decision = SignedDecision.parse({ statement, signature: { kind: "ssh", publicKey, signature: armoured } });
  const verdict = await verifySignature(decision, approvers);
  if (verdict.valid) return decision;
  throw new Failure("notAuthorised", `It does not count on this host: ${verdict.because}.`);
}
