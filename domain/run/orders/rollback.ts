import type { Actor } from "../actor.ts";
import { mayRollBack, orderRollback } from "../advance/wantRollback.ts";
import type { OrderOf } from "../intents.ts";
import { rollbackPlan } from "../rollbackPlan.ts";
import type { Refusal, Turn } from "../turn.ts";
import { refuse } from "../turn.ts";

/** Rolls back. A person may, whatever would be lost: the page has shown it. Waits for the running task, which is cancelled. */
export function rollBack(turn: Turn, order: OrderOf<"rollBack">, actor: Actor): Refusal | undefined {
  const { state } = turn;
  if (state.rollback !== undefined || state.rollbackOrdered !== undefined) return refuse("alreadyOrdered");
  if (!mayRollBack(state)) return refuse("wrongStage");
  if (rollbackPlan(turn.plan, state, turn.now).steps.length === 0) return refuse("nothingToRollBack");
  orderRollback(turn, "ordered", order.reason, actor.userId);
  return undefined;
}

/** The reason of a rollback, which may follow it: nobody types while a database is down. Once. */
export function giveRollbackReason(
  turn: Turn,
  order: OrderOf<"giveRollbackReason">,
  actor: Actor,
): Refusal | undefined {
  const { rollback } = turn.state;
  if (rollback === undefined) return refuse("wrongStage", "No rollback has begun.");
  if (rollback.reason !== undefined) return refuse("alreadyOrdered");
  turn.emit({ type: "rollbackReasonGiven", reason: order.reason, by: actor.userId });
  return undefined;
}
