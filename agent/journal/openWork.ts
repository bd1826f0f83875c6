import type { RunId, TaskId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { JournalRecord } from "./entries.ts";
import type { TaskMemory } from "./taskMemory.ts";
import { isUnfinished, remember } from "./taskMemory.ts";

/** What an agent has begun and not brought to an end, by its journal. */
export interface OpenWork {
  /** Runs that have changed this host, or began to, and of whose end the server has not told. */
  readonly runs: readonly { readonly runId: RunId; readonly since: Instant }[];
  /** Tasks whose end is not known. */
  readonly tasks: readonly { readonly taskId: TaskId; readonly action: string; readonly since: Instant }[];
}

/**
 * Reads what stands open out of a journal: a window is open here from the first task that changes something until the run's end.
 *
 * @param changes whether an action changes anything on the host; one that is not known counts as one that does
 */
export function openWork(records: readonly JournalRecord[], changes: (action: string) => boolean): OpenWork {
  const tasks = new Map<TaskId, TaskMemory>();
  const ended = new Set<RunId>();
  for (const record of records) {
    const task = remember(tasks, record);
    if (task) tasks.set(task.taskId, task);
    if (record.entry.type === "runEnded") ended.add(record.entry.runId);
  }
  const runs = new Map<RunId, Instant>();
  const running: OpenWork["tasks"][number][] = [];
  for (const task of tasks.values()) {
    const { order, begunAt, runId, taskId } = task;
    if (order === undefined || begunAt === undefined) continue;
    if (isUnfinished(task)) running.push({ taskId, action: order.action, since: begunAt });
    if (changes(order.action) && !ended.has(runId) && !runs.has(runId)) runs.set(runId, begunAt);
  }
  return { runs: [...runs].map(([runId, since]) => ({ runId, since })), tasks: running };
}
