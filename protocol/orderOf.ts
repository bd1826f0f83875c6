import type { EventOf } from "../domain/run/events.ts";
import type { DurationMs } from "../domain/time.ts";
import type { TaskOrder } from "./agent.ts";

/** Longest a task may take where the runbook sets no limit. */
const DEFAULT_WITHIN_MS: DurationMs = 24 * 3_600_000;

/** An event that orders a task, as the order to its host; secrets are put in when it is given. */
export function orderOf(event: EventOf<"taskOrdered">): Omit<TaskOrder, "secrets"> {
  const { taskId, action, arguments: args, inspectFirst, withinMs } = event;
  return { taskId, action, arguments: args, inspectFirst, withinMs: withinMs ?? DEFAULT_WITHIN_MS };
}
