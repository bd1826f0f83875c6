import type { GateId } from "../ids.ts";
import type { Actor } from "../run/actor.ts";
import { isOneOf } from "../run/actor.ts";
import { findGate } from "../run/findStep.ts";
import type { OrderOf } from "../run/intents.ts";
import { gateOf } from "../run/stepOf.ts";
import type { Refusal, Turn } from "../run/turn.ts";
import { refuse } from "../run/turn.ts";
import type { PollState } from "./poll.ts";
import { openPoll, rolesToPoll } from "./poll.ts";

/**
 * Asks the room, role by role, about a gate that nobody has opened yet. Asking again begins a new round, in which nobody has answered; one
 * that the asker has not seen is not swept away.
 */
export function askPoll(turn: Turn, order: OrderOf<"askPoll">, actor: Actor): Refusal | undefined {
  const notHere = refuseGate(turn, order.gateId);
  if (notHere !== undefined) return notHere;
  const earlier = openPoll(turn.state, order.gateId);
  if (earlier !== undefined && isUnseen(earlier, actor)) return refuse("alreadyOrdered");
  const of = [...new Set(order.of)];
  const known = rolesToPoll(turn.plan);
  const unknown = of.filter((role) => !known.includes(role));
  if (unknown.length > 0) return refuse("fieldInvalid", `Nobody is called ${unknown.join(", ")} here.`);
  turn.emit({ type: "pollAsked", gateId: order.gateId, of, question: order.question, by: actor.userId });
  return undefined;
}

/** Takes one person's answer for a role they are in. It can be changed as long as the poll is open: the newest counts. */
export function answerPoll(turn: Turn, order: OrderOf<"answerPoll">, actor: Actor): Refusal | undefined {
  const poll = openPoll(turn.state, order.gateId);
  if (poll === undefined) return refuse("notPolled");
  if (isUnseen(poll, actor))
    return refuse("notPolled", "It was asked anew since you looked. Answer the newest question.");
  if (!poll.of.includes(order.role)) return refuse("notPolled", `${order.role} is not asked.`);
  if (!isOneOf(actor, [order.role])) return refuse("notAllowed", `You are not one of: ${order.role}.`);
  const { gateId, role, answer, words } = order;
  turn.emit({ type: "pollAnswered", gateId, role, answer, words, by: actor.userId });
  return undefined;
}

/** Closes a poll before its gate is decided. */
export function closePoll(turn: Turn, order: OrderOf<"closePoll">, actor: Actor): Refusal | undefined {
  if (openPoll(turn.state, order.gateId) === undefined) return refuse("notPolled");
  turn.emit({ type: "pollClosed", gateId: order.gateId, by: actor.userId });
  return undefined;
}

function refuseGate({ state, plan }: Turn, gateId: GateId): Refusal | undefined {
  if (state.stage === "ended" || state.rollback !== undefined) return refuse("wrongStage");
  const gate = findGate(plan, gateId);
  if (gate === undefined || gate.spec.opensBy !== "people") return refuse("unknownStep", gateId);
  const { stage } = gateOf(state, gateId);
  return stage === "open" || stage === "closed" ? refuse("notAsked", "It was decided.") : undefined;
}

const isUnseen = ({ seq }: PollState, { sawSeq }: Actor): boolean => sawSeq !== undefined && seq > sawSeq;
