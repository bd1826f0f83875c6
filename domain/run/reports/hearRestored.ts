import type { Instant } from "../../time.ts";
import { clip } from "../clip.ts";
import type { EventOf } from "../events.ts";
import type { ReportOf } from "../intents.ts";
import { restoredText } from "../restoredText.ts";
import type { Turn } from "../turn.ts";

/**
 * The record was put back from a backup. Hosts and people may have gone on after it was taken, so that nothing follows from it by itself:
 * a run under way is held, orders that no host had accepted are withdrawn, and a GO that nothing was done on is asked for again.
 */
export function hearRestored(turn: Turn, takenAt: Instant): void {
  if (turn.state.stage === "ended") return;
  const event = { type: "runRestored", takenAt, unsealed: Object.keys(turn.state.secrets) } as const;
  turn.emit(event);
  for (const task of Object.values(turn.state.tasks)) {
    // Its host may never have heard of it, and the run may have gone another way since. A host that has it answers with its report.
    if (task.stage !== "ordered") continue;
    turn.emit({ type: "taskCancelOrdered", taskId: task.taskId, reason: "The record was put back from a backup." });
  }
  distrust(turn, event);
}

/** A host shows that the record here is older than what it saw. Said for each host, and held for again after somebody resumed. */
export function hearHostKnowsMore(turn: Turn, report: ReportOf<"hostKnowsMore">): void {
  const isOfThisRun = Object.values(turn.state.hosts).some(({ hostId }) => hostId === report.hostId);
  if (!isOfThisRun || turn.state.stage === "ended") return;
  const event = { type: "hostKnowsMore", hostId: report.hostId, seq: report.seq, hash: report.hash } as const;
  turn.emit(event);
  distrust(turn, event);
}

function distrust(turn: Turn, event: EventOf<"runRestored" | "hostKnowsMore">): void {
  const is =
    event.type === "runRestored"
      ? `put back from a backup of ${new Date(event.takenAt).toISOString()}`
      : `without event ${event.seq}, which a host has seen`;
  for (const { gateId, decisions, spentOn } of Object.values(turn.state.gates)) {
    if (spentOn !== undefined) continue;
    for (const { by, life } of decisions) {
      if (life !== "valid" && life !== "suspended") continue;
      turn.emit({ type: "decisionVoided", gateId, by, what: "The record", was: "as it was signed on", is });
    }
  }
  const { stage } = turn.state;
  // Not holdRun: a rollback that was only ordered is called off too, for nobody knows what became of it.
  if (stage !== "running" && stage !== "rollingBack") return;
  turn.emit({ type: "runHeld", cause: "restored", detail: clip(restoredText(event), 2000) });
}
