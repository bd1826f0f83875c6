import type { TaskId } from "../../ids.ts";
import { concludeTask, emitFacts } from "../advance/concludeStep.ts";
import { findStep } from "../findStep.ts";
import type { ReportOf } from "../intents.ts";
import type { TaskState } from "../state.ts";
import { isActive } from "../stepOf.ts";
import type { Turn } from "../turn.ts";
import { countDowntime } from "./countDowntime.ts";

/**
 * What agents say of their tasks. The task's id is the fence: a report about a task that is over, or about an attempt that is
 * not the newest, changes nothing, however often and however late it comes.
 */
export function hearTask(turn: Turn, report: ReportOf<"taskAccepted" | "taskRefused" | "taskEnded">): void {
  const task = underWay(turn, report.taskId);
  if (task === undefined) return;
  switch (report.report) {
    case "taskAccepted":
      accept(turn, task);
      return;
    case "taskRefused":
      turn.emit({ type: "taskRefused", taskId: task.taskId, failure: report.failure });
      if (turn.state.stage === "ended") return;
      turn.emit({ type: "stepFailed", stepId: task.stepId, failure: report.failure, unknown: false });
      return;
    case "taskEnded": {
      // Its host had accepted it, and its word of that was lost with a link that broke just then.
      accept(turn, task);
      turn.emit({ type: "taskEnded", taskId: task.taskId, report: report.ended });
      // After the end of a run, what comes back is kept for the record and leads to nothing.
      if (turn.state.stage === "ended") return;
      emitFacts(turn, report.facts);
      countDowntime(turn, task, report.ended);
      const step = findStep(turn.plan, task.stepId);
      if (step === undefined) throw new Error(`task ${task.taskId} belongs to no step of the runbook`);
      concludeTask(turn, step, task, report.ended);
      return;
    }
    default:
      throw new TypeError("not in the list", { cause: report satisfies never });
  }
}

function accept(turn: Turn, task: TaskState): void {
  if (task.stage !== "ordered" || turn.state.stage === "ended") return;
  turn.emit({ type: "taskAccepted", taskId: task.taskId });
}

function underWay(turn: Turn, taskId: TaskId): TaskState | undefined {
  const task = turn.state.tasks[taskId];
  return task !== undefined && isActive(task) ? task : undefined;
}
