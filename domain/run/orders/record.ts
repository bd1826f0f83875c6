import type { Actor } from "../actor.ts";
import type { OrderOf } from "../intents.ts";
import type { Refusal, Turn } from "../turn.ts";
import { refuse } from "../turn.ts";

/** Signs a run off after its end: all verified, in production, open issues. Once. */
export function signCompletion(turn: Turn, order: OrderOf<"signCompletion">, actor: Actor): Refusal | undefined {
  if (turn.state.stage !== "ended") return refuse("wrongStage", "The run has not ended.");
  if (turn.state.completion !== undefined) return refuse("alreadyOrdered");
  const { allVerified, inProduction, issues } = order;
  turn.emit({ type: "completionSigned", by: actor.userId, allVerified, inProduction, issues });
  return undefined;
}

/** Writes a note into the run's record, at any time. */
export function writeNote(turn: Turn, order: OrderOf<"writeNote">, actor: Actor): Refusal | undefined {
  if (order.text.trim() === "") return refuse("fieldInvalid", "An empty note says nothing.");
  turn.emit({ type: "noteWritten", text: order.text, by: actor.userId });
  return undefined;
}
