import type { ReportOf } from "../intents.ts";
import type { RunStage } from "../stages.ts";
import type { RunState } from "../state.ts";
import type { Turn } from "../turn.ts";

const WITH_A_GO: readonly RunStage[] = ["ready", "running", "held", "rollingBack"];

/** Whether a host may carry the run on by itself: people said GO, it has not ended, and no host does so already. */
export function mayBeTakenOver(state: RunState): boolean {
  return state.takenOver === undefined && WITH_A_GO.includes(state.stage);
}

/** A host takes the run over. Nothing where it may not be, or where this very taking over is over already. */
export function takeOver(turn: Turn, report: ReportOf<"runTakenOver">): void {
  const { state } = turn;
  const isOurs = Object.values(state.hosts).some(({ hostId }) => hostId === report.hostId);
  if (!isOurs || !mayBeTakenOver(state) || state.takeovers.includes(report.signature)) return;
  const { report: _name, ...event } = report;
  turn.emit({ type: "runTakenOver", ...event });
}

/** The host gives the run back. What it decided stands; whoever is next goes on from there. */
export function giveBack(turn: Turn, report: ReportOf<"runGivenBack">): void {
  if (turn.state.takenOver?.hostId !== report.hostId) return;
  const { report: _name, ...event } = report;
  turn.emit({ type: "runGivenBack", ...event });
}
