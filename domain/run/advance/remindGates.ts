import { remindersDue } from "../../gate/reminders.ts";
import { gateOf } from "../stepOf.ts";
import type { Turn } from "../turn.ts";

/**
 * Reminds of every gate that asks and will expire soon. Judged from the log on each wake, so that no restart forgets it; after a time in which
 * nobody could be reminded one reminder takes the place of those that were missed.
 */
export function remindGates(turn: Turn): void {
  for (const { gateId } of turn.plan.gates) {
    const { stage, askedAt, expiresAt, reminders } = gateOf(turn.state, gateId);
    if (stage !== "asking" || askedAt === undefined || expiresAt === undefined || turn.now >= expiresAt) continue;
    const due = remindersDue(askedAt, expiresAt, turn.now);
    if (due > (reminders?.count ?? 0)) turn.emit({ type: "gateReminded", gateId, expiresAt, count: due });
  }
}
