import { latestNotAfter } from "../../decision/buildStatement.ts";
import { differences } from "../../decision/differences.ts";
import type { Statement } from "../../decision/statement.ts";
import { refuseSeat } from "../../delegation/delegate.ts";
import { canBreakGlass, mayBreakGlass } from "../../gate/breakGlass.ts";
import { criteriaNow, evidenceOf } from "../../gate/criteria.ts";
import { judgeEvidence } from "../../gate/decisionLife.ts";
import { quorumOf } from "../../gate/quorum.ts";
import { StepId } from "../../ids.ts";
import type { CompiledGate } from "../../runbook/compiled.ts";
import type { Actor } from "../actor.ts";
import { isOneOf } from "../actor.ts";
import { afterRefusal } from "../advance/goForward.ts";
import { refuseGate } from "../advance/settleGates.ts";
import { findGate } from "../findStep.ts";
import type { OrderOf } from "../intents.ts";
import { gateOf } from "../stepOf.ts";
import type { Refusal, Turn } from "../turn.ts";
import { refuse } from "../turn.ts";
import { refuseUnmet } from "./approval.ts";

/**
 * Takes one person's signed decision. A GO must be over exactly what would be done now, with criteria that are met; a NO-GO
 * needs only to be theirs and for this gate: the safe choice is never refused over a changed value. One NO-GO refuses the gate. To break
 * the glass is bound as a GO is, and another person's to do than those who decide.
 */
export function decideGate(turn: Turn, order: OrderOf<"decide">, actor: Actor): Refusal | undefined {
  const { statement } = order.decision;
  const gate = findGate(turn.plan, order.gateId);
  if (gate === undefined) return refuse("unknownStep", order.gateId);
  const refusal =
    refuseRound(turn, gate, statement) ??
    refuseSigner(turn, gate, statement, actor) ??
    (statement.verdict === "NO-GO" ? undefined : refuseGo(turn, gate, statement));
  if (refusal !== undefined) return refusal;
  turn.emit({
    type: "decisionSigned",
    gateId: gate.gateId,
    decision: order.decision,
    by: actor.userId,
    verdict: statement.verdict,
    groups: groupsOf(turn, gate, statement, actor),
  });
  if (statement.verdict === "NO-GO") {
    refuseGate(turn, gate, "noGo", actor.userId);
    const step = turn.plan.steps.find(({ id }) => id === StepId.parse(gate.gateId));
    // A run that is held does not move by itself; what a NO-GO leads to is no move forward.
    if (step !== undefined && turn.state.stage === "held") afterRefusal(turn, step);
  }
  return undefined;
}

/** The groups of the gate that the signer speaks for: in another's place only those that both are in. */
function groupsOf({ state }: Turn, { spec }: CompiledGate, { inPlaceOf }: Statement, actor: Actor): string[] {
  const own = quorumOf(spec).of.filter((word) => isOneOf(actor, [word]));
  const given = inPlaceOf === undefined ? undefined : state.delegations[inPlaceOf];
  return given === undefined ? own : own.filter((word) => given.groups.includes(word));
}

function refuseRound(turn: Turn, gate: CompiledGate, statement: Statement): Refusal | undefined {
  const { stage, spentOn, openedBy } = gateOf(turn.state, gate.gateId);
  if (turn.state.nonces.includes(statement.nonce)) return refuse("nonceSpent");
  const takesDecisions = stage === "asking" || (stage === "open" && openedBy === "quorum" && spentOn === undefined);
  return takesDecisions ? undefined : refuse("notAsked");
}

function refuseSigner(turn: Turn, gate: CompiledGate, statement: Statement, actor: Actor): Refusal | undefined {
  if (turn.state.requesters.includes(actor.userId)) return refuse("ownRequest");
  const notTheirs = statement.verdict === "BREAK-GLASS" ? refuseBreaking(gate, actor) : refuseDeciding(gate, actor);
  if (notTheirs !== undefined) return notTheirs;
  const seat = refuseSeat(turn, gate, statement, actor);
  if (seat !== undefined) return seat;
  if (actor.signatureValid !== true || statement.approver !== actor.userId) return refuse("badSignature");
  if (statement.gateId !== gate.gateId || statement.runId !== turn.state.runId) {
    return refuse("staleStatement", "It was made for another gate or run.");
  }
  // It may be signed before its window; it can't reach beyond the window's end, or beyond a quarter of an hour from now.
  if (turn.now > statement.notAfter) return refuse("statementExpired");
  if (statement.notAfter > latestNotAfter(turn.state, turn.now)) return refuse("staleStatement", "It lasts too long.");
  const standing = gateOf(turn.state, gate.gateId).decisions.some(
    ({ by, life }) => by === actor.userId && (life === "valid" || life === "suspended"),
  );
  return standing && statement.verdict !== "NO-GO" ? refuse("alreadyDecided") : undefined;
}

function refuseDeciding({ spec }: CompiledGate, actor: Actor): Refusal | undefined {
  const { of } = quorumOf(spec);
  if (!actor.roles.has("approver")) return refuse("notAllowed", "Approvers decide; an admin can break the glass.");
  if (of.length > 0 && !isOneOf(actor, of)) return refuse("notAllowed", `This gate is decided by: ${of.join(", ")}.`);
  return undefined;
}

function refuseBreaking({ spec }: CompiledGate, actor: Actor): Refusal | undefined {
  if (!mayBreakGlass(spec, actor)) {
    return refuse("notAllowed", "The glass is broken by an admin, or by an approver who does not decide at this gate.");
  }
  return canBreakGlass(spec)
    ? undefined
    : refuse("notAllowed", "This gate needs one GO, and one person always decides. Nothing can be left out.");
}

function refuseGo(turn: Turn, gate: CompiledGate, statement: Statement): Refusal | undefined {
  const [changed] = differences(statement, turn.state, turn.plan);
  if (changed !== undefined) return refuse("staleStatement", `${changed.what}: ${changed.was} → ${changed.is}`);
  const criteria = criteriaNow(turn.plan, turn.state, gate, turn.now);
  const unmet = refuseUnmet(criteria);
  if (unmet !== undefined) return unmet;
  const signed = judgeEvidence(statement, criteria);
  if (!signed.stands) {
    return refuse(
      "staleStatement",
      "what" in signed ? `${signed.what}: ${signed.was} → ${signed.is}` : signed.stale.join(", "),
    );
  }
  const sameEvidence = verdicts(statement.evidence) === verdicts(evidenceOf(criteria));
  return sameEvidence ? undefined : refuse("staleStatement", "A criterion is judged or waived otherwise now.");
}

// Verdicts and waivers bind; measured values may differ between two approvers ten minutes apart.
function verdicts(evidence: Statement["evidence"]): string {
  const rows = evidence.map(({ criterionId, verdict, waived }) => [criterionId, verdict, waived?.by, waived?.reason]);
  return JSON.stringify(rows);
}

/** Takes one's own decision back, as long as nothing behind the gate has begun. */
export function takeBack(turn: Turn, order: OrderOf<"takeBack">, actor: Actor): Refusal | undefined {
  const gate = findGate(turn.plan, order.gateId);
  if (gate === undefined) return refuse("unknownStep", order.gateId);
  const { decisions, spentOn, stage } = gateOf(turn.state, gate.gateId);
  const standing = decisions.some(({ by, life }) => by === actor.userId && (life === "valid" || life === "suspended"));
  if (!standing || spentOn !== undefined || (stage !== "asking" && stage !== "open")) {
    return refuse("notAsked", "There is no decision of yours that could be taken back.");
  }
  turn.emit({ type: "decisionTakenBack", gateId: gate.gateId, by: actor.userId, reason: order.reason });
  return undefined;
}
