import { GO_GATE } from "../../gate/goGate.ts";
import { quorumNow, quorumOf } from "../../gate/quorum.ts";
import type { StepId } from "../../ids.ts";
import type { Actor } from "../actor.ts";
import { endRun } from "../advance/endRun.ts";
import { gateQuorum, settleOpenGate } from "../advance/settleGates.ts";
import { activeForwardTasks } from "../advance/wantRollback.ts";
import { findGate } from "../findStep.ts";
import type { OrderOf } from "../intents.ts";
import { unsealedAhead } from "../secretsAhead.ts";
import { gateOf, isActive } from "../stepOf.ts";
import type { Refusal, Turn } from "../turn.ts";
import { refuse } from "../turn.ts";
import { refuseByCriteria } from "./approval.ts";

/** Starts the run: inside its window, behind a GO that still stands without the one who starts, with every secret sealed. */
export function start(turn: Turn, actor: Actor): Refusal | undefined {
  const { state, plan, now } = turn;
  if (state.startedAt !== undefined) return refuse("alreadyOrdered");
  if (state.stage !== "ready") return refuse("wrongStage");
  if (now < state.windowStartsAt) return refuse("outsideWindow", "It has not begun.");
  if (now >= state.windowEndsAt) return refuse("outsideWindow", "It is over.");
  const gate = findGate(plan, GO_GATE);
  if (gate === undefined) throw new Error("a compiled runbook has an approval gate");
  const unmet = refuseByCriteria(turn, gate);
  if (unmet !== undefined) return unmet;
  if (!gateQuorum(state, gate).met) return refuse("criteriaUnknown", "A decision is suspended.");
  const withoutStarter = quorumNow(quorumOf(gate.spec), gateOf(state, GO_GATE).decisions, [
    ...state.requesters,
    actor.userId,
  ]);
  if (!withoutStarter.met) return refuse("ownRequest", "Your own GO is needed for the quorum: someone else starts.");
  const missing = Object.entries(plan.runbook.secrets).filter(([name]) => state.secrets[name] === undefined);
  if (missing.length > 0) return refuse("secretMissing", missing.map(([, { title }]) => title).join("; "));
  turn.emit({ type: "runStarted", by: actor.userId });
  // Spent with the start and not with the first step: between the two a trigger may hold, and a started run can't go back to deciding.
  const [first] = plan.steps;
  if (first !== undefined) settleOpenGate(turn, gate, first.id);
  return undefined;
}

/** Holds the run: nothing new begins. What runs on a host goes on to its end. Also calls off a rollback that was only ordered. */
export function hold(turn: Turn, order: OrderOf<"hold">, actor: Actor): Refusal | undefined {
  const { stage } = turn.state;
  if (stage === "held") return refuse("alreadyOrdered");
  if (stage !== "running" && stage !== "rollingBack") return refuse("wrongStage");
  turn.emit({ type: "runHeld", cause: "ordered", detail: order.reason, by: actor.userId });
  return undefined;
}

/** Resumes exactly where the run was held. */
export function resume(turn: Turn, actor: Actor): Refusal | undefined {
  const { stage, rollbackOrdered } = turn.state;
  if (stage === "running" || stage === "rollingBack" || rollbackOrdered !== undefined) return refuse("alreadyOrdered");
  if (stage !== "held") return refuse("wrongStage");
  const unseen = refuseUnseenHold(turn, actor) ?? refuseUnsealed(turn);
  if (unseen !== undefined) return unseen;
  turn.emit({ type: "runResumed", by: actor.userId });
  return undefined;
}

/**
 * Refuses to go on forward while a step ahead would find its passphrase not there: that is no reason to roll back by itself.
 *
 * @param skipped the step that the order leaves out, where it does
 */
export function refuseUnsealed(turn: Turn, skipped?: StepId): Refusal | undefined {
  if (turn.state.hold?.during !== "forward") return undefined;
  const missing = unsealedAhead(turn, skipped);
  return missing.length === 0 ? undefined : refuse("secretMissing", missing.map(({ title }) => title).join("; "));
}

/** Refuses to go on past a hold that the person has not seen: somebody resumed meanwhile, and the run was held again for another reason. */
export function refuseUnseenHold({ state }: Turn, { sawSeq }: Actor): Refusal | undefined {
  const { hold } = state;
  if (hold === undefined || sawSeq === undefined || hold.seq <= sawSeq) return undefined;
  return refuse("heldAnew", hold.detail);
}

/** Ends the run without carrying it on. Nothing may be left acting on a host. */
export function abandon(turn: Turn, order: OrderOf<"abandon">, actor: Actor): Refusal | undefined {
  const { stage } = turn.state;
  if (stage === "ended") return refuse("alreadyOrdered");
  if (stage === "running" || stage === "rollingBack") return refuse("wrongStage", "Hold the run first.");
  const acting = Object.values(turn.state.tasks).filter(
    (task) => isActive(task) && turn.state.steps[task.stepId]?.section === "rollback",
  );
  if (activeForwardTasks(turn.state).length > 0 || acting.length > 0) return refuse("stepRunning");
  endRun(turn, "abandoned", order.reason, actor.userId);
  return undefined;
}
