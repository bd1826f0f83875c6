import type { DecisionLife } from "../../decision/statement.ts";
import { GO_GATE } from "../../gate/goGate.ts";
import type { GateId, UserId } from "../../ids.ts";
import type { Instant } from "../../time.ts";
import type { EventOf } from "../events.ts";
import { IllegalTransition } from "../illegalTransition.ts";
import { checkGateMove, moveRun } from "../moves.ts";
import type { GateStage } from "../stages.ts";
import type { DecisionState, GateState, RunState } from "../state.ts";
import { gateOf } from "../stepOf.ts";
import { withoutTimersOf } from "./timers.ts";

export type GateEvent = EventOf<
  | "decisionSigned"
  | "decisionSuspended"
  | "decisionRevived"
  | "decisionVoided"
  | "decisionTakenBack"
  | "decisionsSpent"
  | "gateAsked"
  | "gateReminded"
  | "gateOpened"
  | "gateRefused"
>;

/** Decisions and what they make of a gate. The approval gate moves the whole run; a gate step's gate does not. */
export function evolveGates(state: RunState, event: GateEvent, at: Instant): RunState {
  switch (event.type) {
    case "decisionSigned":
      return signed(state, event, at);
    case "decisionSuspended":
      return relive(state, event.gateId, event.by, "valid", "suspended", `stale: ${event.staleFacts.join(", ")}`);
    case "decisionRevived":
      return relive(state, event.gateId, event.by, "suspended", "valid");
    case "decisionVoided":
      return relive(state, event.gateId, event.by, "standing", "void", `${event.what}: ${event.was} → ${event.is}`);
    case "decisionTakenBack":
      return relive(state, event.gateId, event.by, "standing", "takenBack", event.reason);
    case "decisionsSpent":
      return withGate(state, { ...spend(gateOf(state, event.gateId)), spentOn: event.stepId });
    case "gateAsked": {
      const wasRefused = gateOf(state, event.gateId).stage === "refused";
      const gate = moved(state, event.gateId, "asking");
      const { expiresAt: _earlier, ...rest } = wasRefused ? withoutEarlierRound(gate) : gate;
      const asked = withGate(state, {
        ...rest,
        askedAt: at,
        ...(event.expiresAt === undefined ? {} : { expiresAt: event.expiresAt }),
      });
      return event.gateId === GO_GATE && state.stage === "ready" ? moveRun(asked, "deciding") : asked;
    }
    case "gateReminded":
      return withGate(state, { ...gateOf(state, event.gateId), reminders: { count: event.count, at } });
    case "gateOpened": {
      const gate = {
        ...moved(state, event.gateId, "open"),
        judgements: event.judgements,
        decidedAt: at,
        openedBy: event.how,
      };
      const opened = withGate(withoutTimersOf(state, event.gateId), gate);
      return event.gateId === GO_GATE ? moveRun(opened, "ready") : opened;
    }
    case "gateRefused": {
      // Spent: they were acted on. None of them counts for the next round.
      const gate = spend(moved(state, event.gateId, "refused"));
      const refused = withGate(withoutTimersOf(state, event.gateId), {
        ...gate,
        judgements: event.judgements,
        decidedAt: at,
        refusedBy: event.how,
      });
      return event.gateId === GO_GATE ? moveRun(refused, "preparing") : refused;
    }
    default:
      return event satisfies never;
  }
}

function withGate(state: RunState, gate: GateState): RunState {
  return { ...state, gates: { ...state.gates, [gate.gateId]: gate } };
}

function moved(state: RunState, gateId: GateId, to: GateStage): GateState {
  const gate = gateOf(state, gateId);
  checkGateMove(state.seq, gateId, gate.stage, to);
  const { refusedBy: _refusedBy, openedBy: _openedBy, spentOn: _spentOn, reminders: _reminders, ...rest } = gate;
  return { ...rest, stage: to };
}

function signed(state: RunState, event: EventOf<"decisionSigned">, at: Instant): RunState {
  const gate = gateOf(state, event.gateId);
  if (gate.stage !== "asking" && gate.stage !== "open") {
    throw new IllegalTransition(state.seq, `gate ${event.gateId} is ${gate.stage} and takes no decision`);
  }
  const nonce = event.decision.statement.nonce;
  if (state.nonces.includes(nonce)) throw new IllegalTransition(state.seq, "a statement was used twice");
  const decision: DecisionState = {
    decision: event.decision,
    by: event.by,
    verdict: event.verdict,
    groups: event.groups,
    life: "valid",
    signedAt: at,
  };
  return {
    ...withGate(state, { ...gate, decisions: [...gate.decisions, decision] }),
    nonces: [...state.nonces, nonce],
  };
}

// One person has at most one decision that stands (valid or suspended) at a gate: that one is meant.
function relive(
  state: RunState,
  gateId: GateId,
  by: UserId,
  from: "valid" | "suspended" | "standing",
  to: DecisionLife,
  because?: string,
): RunState {
  const gate = gateOf(state, gateId);
  const index = gate.decisions.findIndex(
    (made) => made.by === by && (from === "standing" ? isStanding(made) : made.life === from),
  );
  const found = gate.decisions[index];
  if (found === undefined) {
    throw new IllegalTransition(state.seq, `no decision at gate ${gateId} that could become ${to}`);
  }
  const { because: _earlier, ...rest } = found;
  const changed: DecisionState = { ...rest, life: to, ...(because === undefined ? {} : { because }) };
  return withGate(state, { ...gate, decisions: gate.decisions.with(index, changed) });
}

function spend(gate: GateState): GateState {
  return {
    ...gate,
    decisions: gate.decisions.map((made) => (made.life === "valid" ? { ...made, life: "spent" } : made)),
  };
}

// What was signed before a gate was refused is over, whatever its life: a GO that was only suspended must not come back to life behind
// its signer's NO-GO, and no host may be shown that NO-GO as if it still stood.
function withoutEarlierRound(gate: GateState): GateState {
  return {
    ...gate,
    decisions: gate.decisions.map((made) =>
      isStanding(made) || made.life === "spent"
        ? { ...made, life: "void", because: "The gate was refused and asked again." }
        : made,
    ),
  };
}

/** True while a decision can still come to count: valid, or suspended until its facts are measured again. */
function isStanding(made: DecisionState): boolean {
  return made.life === "valid" || made.life === "suspended";
}
