import { criteriaNow } from "../../gate/criteria.ts";
import { reviewDecisions } from "../../gate/decisionLife.ts";
import { GO_GATE } from "../../gate/goGate.ts";
import type { QuorumNow } from "../../gate/quorum.ts";
import { quorumNow, quorumOf } from "../../gate/quorum.ts";
import type { StepId, UserId } from "../../ids.ts";
import { StepId as StepIdSchema } from "../../ids.ts";
import type { CompiledGate } from "../../runbook/compiled.ts";
import { later } from "../../time.ts";
import type { GateState, RunState } from "../state.ts";
import { gateOf, stepStageOf } from "../stepOf.ts";
import type { Turn } from "../turn.ts";
import { endRun } from "./endRun.ts";
import { failureOf } from "./failures.ts";

/** The quorum of a gate as it stands, suspended decisions counted or not. */
export function gateQuorum(state: RunState, gate: CompiledGate, count: "valid" | "standing" = "valid"): QuorumNow {
  const decisions = gateOf(state, gate.gateId).decisions.map((made) =>
    count === "standing" && made.life === "suspended" ? { ...made, life: "valid" as const } : made,
  );
  return quorumNow(quorumOf(gate.spec), decisions, state.requesters);
}

/**
 * Reviews every decision that is not spent yet, and asks again at an open gate that lost its quorum for good (taken back or
 * voided). A quorum that is only suspended leaves the gate open: nothing begins behind it until the facts are measured again.
 */
export function reviewGates(turn: Turn): void {
  if (turn.state.stage === "ended" || turn.state.stage === "rollingBack") return;
  for (const gate of turn.plan.gates) {
    const { stage } = gateOf(turn.state, gate.gateId);
    if (stage !== "asking" && stage !== "open") continue;
    if (isSpent(gateOf(turn.state, gate.gateId))) continue;
    for (const event of reviewDecisions(turn.plan, turn.state, gate, turn.now)) turn.emit(event);
    const lost = stage === "open" && !gateQuorum(turn.state, gate, "standing").met;
    if (lost) askGate(turn, gate);
  }
}

/** Asks for decisions at a gate, with its expiry where it has one. */
export function askGate(turn: Turn, gate: CompiledGate): void {
  const expiresAt = gate.expiresMs === undefined ? undefined : later(turn.now, gate.expiresMs);
  turn.emit({ type: "gateAsked", gateId: gate.gateId, ...(expiresAt === undefined ? {} : { expiresAt }) });
  if (expiresAt === undefined) return;
  const timerId = `${gate.gateId}.expiry.${expiresAt}`;
  if (turn.state.timers[timerId] !== undefined) return;
  const stepId = StepIdSchema.parse(gate.gateId);
  turn.emit({ type: "timerSet", timerId, firesAt: expiresAt, purpose: "gateExpiry", stepId });
}

/** Opens an asking gate whose quorum and criteria are met, or lets it expire. */
export function considerGate(turn: Turn, gate: CompiledGate): void {
  const { stage, expiresAt } = gateOf(turn.state, gate.gateId);
  if (stage !== "asking") return;
  if (gateQuorum(turn.state, gate).met) {
    const criteria = criteriaNow(turn.plan, turn.state, gate, turn.now);
    if (criteria.every(({ met }) => met)) {
      const judgements = criteria.map(({ judgement }) => judgement);
      turn.emit({ type: "gateOpened", gateId: gate.gateId, how: "quorum", judgements });
      return;
    }
  }
  if (expiresAt !== undefined && turn.now >= expiresAt) refuseGate(turn, gate, "expired");
}

/** A gate that opens by criteria: judged now, opened or refused. Its step ends with it. */
export function judgeGate(turn: Turn, gate: CompiledGate, stepId: StepId): void {
  const criteria = criteriaNow(turn.plan, turn.state, gate, turn.now);
  if (!criteria.every(({ met }) => met)) {
    refuseGate(turn, gate, "criteria");
    return;
  }
  const judgements = criteria.map(({ judgement }) => judgement);
  turn.emit({ type: "gateOpened", gateId: gate.gateId, how: "criteria", judgements });
  turn.emit({ type: "stepDone", stepId });
}

/** Refuses a gate. At the approval gate the run goes back to preparation (or ends); at a step, that step has failed. */
export function refuseGate(turn: Turn, gate: CompiledGate, how: "noGo" | "criteria" | "expired", by?: UserId): void {
  const criteria = criteriaNow(turn.plan, turn.state, gate, turn.now);
  const judgements = criteria.map(({ judgement }) => judgement);
  turn.emit({ type: "gateRefused", gateId: gate.gateId, how, judgements, ...(by === undefined ? {} : { by }) });
  if (gate.gateId === GO_GATE) {
    if (how === "noGo" && gate.spec.onNoGo === "abandon") endRun(turn, "abandoned", "NO-GO was decided.", by);
    return;
  }
  const stepId = StepIdSchema.parse(gate.gateId);
  if (stepStageOf(turn.state, stepId) !== "waiting") return;
  const unmet = criteria.filter(({ met }) => !met).map(({ judgement }) => judgement.title);
  const message = {
    noGo: "NO-GO was decided.",
    expired: "Nobody decided in time.",
    criteria: `Not met: ${unmet.join("; ")}.`,
  };
  turn.emit({ type: "stepFailed", stepId, failure: failureOf("expectationFailed", message[how]), unknown: false });
}

/** Spends the decisions of every open gate that stands before a step, because that step begins now. */
export function spendGates(turn: Turn, stepId: StepId): void {
  const position = turn.plan.steps.findIndex((step) => step.id === stepId);
  for (const gate of turn.plan.gates) {
    const gateStep = turn.plan.steps.findIndex((step) => step.id === StepIdSchema.parse(gate.gateId));
    if (gateOf(turn.state, gate.gateId).stage !== "open" || gateStep >= position) continue;
    settleOpenGate(turn, gate, stepId);
  }
}

/** Spends one open gate on a step; a gate step waits until then, so that its decisions can be taken back until then. */
export function settleOpenGate(turn: Turn, gate: CompiledGate, stepId: StepId): void {
  if (isSpent(gateOf(turn.state, gate.gateId))) return;
  turn.emit({ type: "decisionsSpent", gateId: gate.gateId, stepId });
  const own = StepIdSchema.parse(gate.gateId);
  if (stepStageOf(turn.state, own) === "waiting") turn.emit({ type: "stepDone", stepId: own });
}

function isSpent(gate: GateState): boolean {
  return gate.spentOn !== undefined || gate.openedBy === "criteria";
}
