import type { HostId } from "../ids.ts";
import type { EventOf } from "./events.ts";

/** What people read where the record is older than what was done: in the story, and as the reason of the hold. */
export function restoredText(
  event: EventOf<"runRestored" | "hostKnowsMore">,
  nameOf: (hostId: HostId) => string = () => "A host",
): string {
  if (event.type === "hostKnowsMore") {
    return `${nameOf(event.hostId)} holds the log of this run up to event ${event.seq}, and that event is not on record here: an older record was put back. What the hosts did since then is not known here.`;
  }
  const again =
    event.unsealed.length === 0 ? "" : ` Passphrases have to be sealed again: ${event.unsealed.join(", ")}.`;
  return `The record was put back from a backup of ${new Date(event.takenAt).toISOString()}. What was done after that is not known here.${again}`;
}
