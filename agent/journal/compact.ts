import type { RunId, TaskId } from "../../domain/ids.ts";
import { partsOfTaskId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { JournalEntry, JournalRecord } from "./entries.ts";
import type { TaskMemory } from "./taskMemory.ts";
import { isOpen, remember } from "./taskMemory.ts";

/** What is kept of what is over. A run's checks go on for 30 days after it, and look back at its tasks. */
export interface Retention {
  readonly settledForMs: number;
  /** Most settled tasks, whatever their age; the newest stay. */
  readonly settledTasks: number;
}

export const DEFAULT_RETENTION: Retention = { settledForMs: 40 * 86_400_000, settledTasks: 5_000 };

function runOf(entry: JournalEntry): RunId | undefined {
  switch (entry.type) {
    case "taskBegun":
      return partsOfTaskId(entry.order.taskId).runId;
    case "headSeen":
    case "runEnded":
    case "factMeasured":
      return entry.runId;
    case "factsAcknowledged":
      return undefined;
    default:
      return partsOfTaskId(entry.taskId).runId;
  }
}

const taskOf = (entry: JournalEntry): TaskId | undefined =>
  entry.type === "taskBegun" ? entry.order.taskId : "taskId" in entry ? entry.taskId : undefined;

/**
 * What a journal may let go of: everything about tasks that were settled long ago or are beyond the number kept, all but the newest
 * head and the newest value of a fact of each run, and all of a run of which no task is kept. Nothing that is unfinished,
 * unacknowledged or unsaid is ever let go. Records keep their numbers and their order.
 */
export function compact(records: readonly JournalRecord[], now: Instant, retention: Retention): JournalRecord[] {
  const tasks = new Map<TaskId, TaskMemory>();
  const lastAt = new Map<TaskId, Instant>();
  const newest = new Map<string, number>();
  let factsThrough = 0;
  for (const record of records) {
    const task = remember(tasks, record);
    if (task) {
      tasks.set(task.taskId, task);
      lastAt.set(task.taskId, record.at);
    }
    const key = supersededBy(record.entry);
    // An acknowledgement that came late and says less than an earlier one replaces nothing.
    const saysLess =
      record.entry.type === "outputAcknowledged" && record.entry.outputBytes < (task?.outputAcknowledgedBytes ?? 0);
    if (key !== undefined && !saysLess) newest.set(key, record.seq);
    if (record.entry.type === "factsAcknowledged") factsThrough = Math.max(factsThrough, record.entry.through);
  }
  const settled = [...tasks.values()]
    .filter((task) => !isOpen(task) && (lastAt.get(task.taskId) ?? 0) > now - retention.settledForMs)
    .sort((a, b) => (lastAt.get(b.taskId) ?? 0) - (lastAt.get(a.taskId) ?? 0))
    .slice(0, retention.settledTasks);
  const kept = new Set(
    [...tasks.values()]
      .filter(isOpen)
      .concat(settled)
      .map(({ taskId }) => taskId),
  );
  const keptRuns = new Set([...kept].map((taskId) => partsOfTaskId(taskId).runId));

  const lastSeq = records.at(-1)?.seq;
  return records.filter(({ seq, at, entry }) => {
    // The last one stays whatever it is: the next number counts on from it, and none is ever used twice.
    if (seq === lastSeq) return true;
    const key = supersededBy(entry);
    const isNewest = key === undefined || newest.get(key) === seq;
    const taskId = taskOf(entry);
    if (taskId !== undefined) return kept.has(taskId) && isNewest;
    if (entry.type === "factsAcknowledged") return isNewest;
    if (entry.type === "factMeasured" && seq > factsThrough) return true;
    const runId = runOf(entry);
    const isRecent = at > now - retention.settledForMs;
    return isNewest && runId !== undefined && (keptRuns.has(runId) || isRecent);
  });
}

/** Entries with the same key replace one another: only the newest says anything. */
function supersededBy(entry: JournalEntry): string | undefined {
  switch (entry.type) {
    case "headSeen":
      return `head ${entry.runId}`;
    case "factMeasured":
      return `fact ${entry.runId} ${entry.fact.name}`;
    case "runEnded":
      return `ended ${entry.runId}`;
    case "factsAcknowledged":
      return "facts";
    case "outputAcknowledged":
      return `output ${entry.taskId}`;
    default:
      return undefined;
  }
}
