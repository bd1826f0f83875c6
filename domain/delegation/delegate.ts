import type { Statement } from "../decision/statement.ts";
import { quorumOf } from "../gate/quorum.ts";
import type { UserId } from "../ids.ts";
import type { Actor } from "../run/actor.ts";
import { isOneOf } from "../run/actor.ts";
import type { OrderOf } from "../run/intents.ts";
import type { DecisionState } from "../run/state.ts";
import { gateOf } from "../run/stepOf.ts";
import type { Refusal, Turn } from "../run/turn.ts";
import { refuse } from "../run/turn.ts";
import type { CompiledGate } from "../runbook/compiled.ts";
import { later } from "../time.ts";
import { decideAlike, delegationOf } from "./delegations.ts";

/** How long after the end of the window a delegation may last, in ms: whoever is on a plane does not land with the window. */
const BEYOND_WINDOW_MS = 24 * 3_600_000;

/** Names who decides in one's own place for a while: somebody who decides for the same group, and neither of the two a requester. */
export function delegate(turn: Turn, order: OrderOf<"delegate">, actor: Actor): Refusal | undefined {
  const { state, plan, now } = turn;
  if (state.stage === "ended" || state.rollback !== undefined) return refuse("wrongStage");
  const { named } = actor;
  if (named?.userId !== order.to) return refuse("unknownPerson");
  if (named.userId === actor.userId) return refuse("notAllowed", "Nobody stands in for themselves.");
  if (state.requesters.includes(actor.userId)) return refuse("ownRequest");
  if (state.requesters.includes(named.userId)) return refuse("ownRequest", "Whom you name requested this window.");
  const shared = plan.gates.filter((gate) => decideAlike(gate, actor, named));
  if (shared.length === 0) return refuse("notAllowed", "They decide for none of the groups that you decide for.");
  if (order.until <= now) return refuse("endNotAllowed", "The end is over.");
  const latest = later(now > state.windowEndsAt ? now : state.windowEndsAt, BEYOND_WINDOW_MS);
  if (order.until > latest) return refuse("endNotAllowed", "A delegation ends within a day of the window.");
  if (delegationOf(state, actor.userId, now) !== undefined)
    return refuse("alreadyOrdered", "Take the other back first.");
  const words = new Set(shared.flatMap(({ spec }) => quorumOf(spec).of));
  const groups = [...words].filter((word) => isOneOf(actor, [word]) && isOneOf(named, [word]));
  const { until, reason } = order;
  turn.emit({ type: "delegated", by: actor.userId, to: named.userId, until, reason, groups });
  return undefined;
}

/** Takes a delegation back, and with it what was signed in one's place and not acted on yet. */
export function takeBackDelegation(
  turn: Turn,
  _order: OrderOf<"takeBackDelegation">,
  actor: Actor,
): Refusal | undefined {
  const given = turn.state.delegations[actor.userId];
  if (given === undefined || turn.state.stage === "ended") return refuse("notDelegated", "You have named nobody.");
  turn.emit({ type: "delegationTakenBack", by: actor.userId });
  for (const gate of turn.plan.gates) {
    const { stage, spentOn, decisions } = gateOf(turn.state, gate.gateId);
    if ((stage !== "asking" && stage !== "open") || spentOn !== undefined) continue;
    for (const made of decisions) {
      if (!isStanding(made) || made.decision.statement.inPlaceOf !== actor.userId) continue;
      const change = { what: `in place of ${actor.userId}`, was: "delegated", is: "taken back" };
      turn.emit({ type: "decisionVoided", gateId: gate.gateId, by: made.by, ...change });
    }
  }
  return undefined;
}

/**
 * Why a statement that is signed for oneself or in another's place does not fit who has named whom; undefined where it does. A NO-GO of
 * one's own is never refused: whoever is back says so.
 */
export function refuseSeat(
  { state, now }: Turn,
  { gateId, spec }: CompiledGate,
  { inPlaceOf, verdict }: Statement,
  actor: Actor,
): Refusal | undefined {
  const standing = gateOf(state, gateId).decisions.filter(isStanding);
  if (inPlaceOf === undefined) {
    const isTaken = standing.some(({ decision }) => decision.statement.inPlaceOf === actor.userId);
    return isTaken && verdict !== "NO-GO"
      ? refuse("alreadyDecided", "Somebody decided in your place. Take your delegation back first.")
      : undefined;
  }
  const given = delegationOf(state, inPlaceOf, now);
  if (given?.to !== actor.userId) return refuse("notDelegated");
  if (state.requesters.includes(inPlaceOf)) return refuse("ownRequest", "You stand in for whoever requested this.");
  const { of } = quorumOf(spec);
  const isShared = of.length === 0 || of.some((word) => given.groups.includes(word) && isOneOf(actor, [word]));
  if (!isShared) return refuse("notAllowed", "The two of you do not decide at this gate for the same group.");
  const isSaid = standing.some(({ by, decision }) => seatOf(by, decision.statement) === inPlaceOf);
  return isSaid && verdict !== "NO-GO" ? refuse("alreadyDecided", "Whom you stand in for has decided.") : undefined;
}

const isStanding = ({ life }: DecisionState): boolean => life === "valid" || life === "suspended";

const seatOf = (by: UserId, { inPlaceOf }: Statement): UserId => inPlaceOf ?? by;
