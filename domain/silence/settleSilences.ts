import { fireIfHeld } from "../run/advance/watchTriggers.ts";
import { stepStageOf } from "../run/stepOf.ts";
import type { Turn } from "../run/turn.ts";
import type { SilenceState } from "./silences.ts";

/**
 * Ends the silences whose time is over or whose step is, and lets fire at once what has held for long enough meanwhile. Judged from the
 * log on every wake, so that no restart forgets it.
 */
export function settleSilences(turn: Turn): void {
  for (const { triggerId, inForce } of Object.values<SilenceState>(turn.state.silences)) {
    if (inForce === undefined) continue;
    const stage = inForce.untilStep === undefined ? undefined : stepStageOf(turn.state, inForce.untilStep);
    const how = turn.now >= inForce.until ? "time" : stage === "done" || stage === "skipped" ? "step" : undefined;
    if (how === undefined) continue;
    turn.emit({ type: "silenceEnded", triggerId, how });
    fireIfHeld(turn, triggerId);
  }
}
