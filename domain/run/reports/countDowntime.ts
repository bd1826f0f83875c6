import { trafficStart, trafficStop } from "../../action/traffic.ts";
import { Instant } from "../../time.ts";
import { findStep } from "../findStep.ts";
import type { TaskState } from "../state.ts";
import type { TaskReport } from "../taskReport.ts";
import type { Turn } from "../turn.ts";

/**
 * How long nothing could be written, as the run's own steps tell it: from the moment at which the writers' stop began to the one at which
 * they were let back, by the host's clock. Users saw at most this much. A client that writes all the time measures it better: where one
 * has reported, the steps say nothing.
 */
export function countDowntime(turn: Turn, task: TaskState, report: TaskReport): void {
  if (report.outcome !== "succeeded") return;
  const known = turn.state.downtime;
  if (known !== undefined && known.measuredBy !== "steps") return;
  const isOpen = known !== undefined && known.firstAcceptedAt === undefined;
  switch (actionOf(turn, task)) {
    case trafficStop.name:
      // Closed once more, on the way back for one, before anybody was let in: it is the same downtime.
      if (isOpen) return;
      turn.emit({
        type: "downtimeMeasured",
        measuredBy: "steps",
        lastAcceptedAt: report.startedAt,
        ...(known?.downtimeMs === undefined ? {} : { earlierMs: known.downtimeMs }),
      });
      return;
    case trafficStart.name: {
      const result = trafficStart.result.safeParse(report.result);
      if (!isOpen || !result.success || (hasPage(turn) && !result.data.switched)) return;
      const firstAcceptedAt = Instant.parse(result.data.started_at);
      const earlierMs = known.earlierMs ?? 0;
      turn.emit({
        type: "downtimeMeasured",
        measuredBy: "steps",
        lastAcceptedAt: known.lastAcceptedAt,
        firstAcceptedAt,
        downtimeMs: earlierMs + Math.max(0, firstAcceptedAt - known.lastAcceptedAt),
      });
      return;
    }
    default:
  }
}

function actionOf(turn: Turn, task: Pick<TaskState, "stepId">): string | undefined {
  const step = findStep(turn.plan, task.stepId);
  return step !== undefined && "work" in step && step.work.kind === "task" ? step.work.task.action : undefined;
}

/** Whether a maintenance page keeps users out: then an open database alone lets nobody back. */
function hasPage(turn: Turn): boolean {
  return Object.values(turn.state.steps).some(
    (step) => actionOf(turn, step) === trafficStop.name && step.result?.switched === true,
  );
}
