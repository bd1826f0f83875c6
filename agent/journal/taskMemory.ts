import type { FailureReport } from "../../domain/failure.ts";
import type { RunId, TaskId } from "../../domain/ids.ts";
import { partsOfTaskId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import type { Instant } from "../../domain/time.ts";
import type { JournalledOrder, JournalRecord } from "./entries.ts";

/** All that is remembered of one task. A task that was refused or cancelled before it was ever ordered has no order. */
export interface TaskMemory {
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly order: JournalledOrder | undefined;
  readonly begunAt: Instant | undefined;
  readonly refused: FailureReport | undefined;
  /** The grace in ms that the newest cancel asked for. */
  readonly cancelGraceMs: number | undefined;
  readonly report: TaskReport | undefined;
  readonly reportedAt: Instant | undefined;
  /** Bytes of output that the server has. */
  readonly outputAcknowledgedBytes: number;
  readonly isReportAcknowledged: boolean;
}

function memoryOf(taskId: TaskId): TaskMemory {
  return {
    taskId,
    runId: partsOfTaskId(taskId).runId,
    order: undefined,
    begunAt: undefined,
    refused: undefined,
    cancelGraceMs: undefined,
    report: undefined,
    reportedAt: undefined,
    outputAcknowledgedBytes: 0,
    isReportAcknowledged: false,
  };
}

/** What a record changes in what is known of a task; undefined when it is about none. */
export function remember(known: ReadonlyMap<TaskId, TaskMemory>, { at, entry }: JournalRecord): TaskMemory | undefined {
  const of = (taskId: TaskId) => known.get(taskId) ?? memoryOf(taskId);
  switch (entry.type) {
    case "taskBegun":
      return { ...of(entry.order.taskId), order: entry.order, begunAt: at };
    case "taskRefused":
      return { ...of(entry.taskId), refused: entry.failure };
    case "cancelAsked":
      return { ...of(entry.taskId), cancelGraceMs: entry.graceMs };
    case "taskReported":
      return { ...of(entry.taskId), report: entry.report, reportedAt: at };
    case "outputAcknowledged": {
      const task = of(entry.taskId);
      return { ...task, outputAcknowledgedBytes: Math.max(task.outputAcknowledgedBytes, entry.outputBytes) };
    }
    case "reportAcknowledged":
      return { ...of(entry.taskId), isReportAcknowledged: true };
    case "headSeen":
    case "runEnded":
    case "factMeasured":
    case "factsAcknowledged":
      return undefined;
    default:
      return entry satisfies never;
  }
}

/** Begun, and not yet known how it ended. */
export function isUnfinished(task: TaskMemory): boolean {
  return task.order !== undefined && task.report === undefined;
}

/** Whether the server still has to hear something of it: it runs, or its report or a part of its output is not acknowledged. */
export function isOpen(task: TaskMemory): boolean {
  if (isUnfinished(task)) return true;
  if (task.report === undefined) return false;
  return !task.isReportAcknowledged || task.outputAcknowledgedBytes < task.report.outputBytes;
}
