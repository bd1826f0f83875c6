import { withdrawnTasks } from "../../domain/localRun/setAside.ts";
import type { LoggedEvent, RunEvent } from "../../domain/run/events.ts";
import { orderOf } from "../../protocol/orderOf.ts";
import type { InputAnswer, RunEffects } from "../db/effectStatements.ts";

/**
 * What the events of a host that carried the run on cause here. Nothing is ordered of anybody: the host has done it. Its tasks are put
 * on record, so that their output finds its place.
 *
 * @param behind what was written behind the event that the host stands on, where it has just taken over
 */
export function joinEffects(
  events: readonly RunEvent[],
  behind: readonly LoggedEvent[],
  answer: { readonly inputId: string; readonly answer: InputAnswer },
): RunEffects {
  const ownTasks = events.flatMap((event) =>
    event.type === "taskOrdered" ? [{ stepId: event.stepId, hostId: event.hostId, order: orderOf(event) }] : [],
  );
  const ended = events.flatMap((event) =>
    event.type === "taskEnded" || event.type === "taskRefused" ? [event.taskId] : [],
  );
  const settled = [...withdrawnTasks(behind), ...ended];
  return {
    answers: [answer],
    ...(ownTasks.length === 0 ? {} : { ownTasks }),
    ...(settled.length === 0 ? {} : { settled }),
    ...(events.some(({ type }) => type === "runEnded") ? { forgetSecrets: true as const } : {}),
  };
}
