import { isClockOff } from "../../gate/clocks.ts";
import type { ReportOf } from "../intents.ts";
import type { Turn } from "../turn.ts";

/** Takes in how far the clock of a host is off. On record is only when it comes to matter, and when it no longer does. */
export function hearClock(turn: Turn, { hostId, offMs }: ReportOf<"clockMeasured">): void {
  if (turn.state.stage === "ended") return;
  if (!Object.values(turn.state.hosts).some((host) => host.hostId === hostId)) return;
  const isKnown = turn.state.clocksOff[hostId] !== undefined;
  if (isClockOff(offMs) !== isKnown) turn.emit({ type: "clockMeasured", hostId, offMs });
}
