import type { SignedSilence } from "../decision/silenceStatement.ts";
import type { SignedDecision } from "../decision/statement.ts";
import type { UserId } from "../ids.ts";
import type { RunEvent } from "../run/events.ts";

/** What somebody signed, as it stands in an event. */
export interface SignedInEvent {
  readonly by: UserId;
  readonly decision: SignedDecision | SignedSilence;
}

/** What was signed in an event: a decision at a gate, or that a trigger be silenced; undefined where nothing was. */
export function signedIn(event: RunEvent): SignedInEvent | undefined {
  if (event.type === "decisionSigned") return { by: event.by, decision: event.decision };
  return event.type === "silenceSigned" ? { by: event.by, decision: event.silence } : undefined;
}
