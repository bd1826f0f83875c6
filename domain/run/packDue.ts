import { GO_GATE } from "../gate/goGate.ts";
import type { RunState } from "./state.ts";

/** Whether the hosts of a run hold its pack: from the first question for approval on, until its end. Before, nothing can be carried out. */
export function isPackDue(state: RunState): boolean {
  return state.stage !== "ended" && state.gates[GO_GATE] !== undefined;
}
