import type { HostId } from "../../domain/ids.ts";
import type { EventOf, RunEvent } from "../../domain/run/events.ts";
import { orderOf } from "../../protocol/orderOf.ts";
import type { InputAnswer, RunEffects } from "../db/effectStatements.ts";

/** What a turn's events cause outside the log. */
export interface Effects {
  /** Rows, in the statement that appends. */
  readonly rows: RunEffects;
  /** Durable timers, in its transaction. */
  readonly timers: readonly EventOf<"timerSet">[];
  /** Agents that are to be woken when it is committed. */
  readonly hosts: ReadonlySet<HostId>;
}

/** Reads off the events what they cause. `hosts` are those of the run: its end concerns them all. */
export function effectsOf(
  events: readonly RunEvent[],
  hosts: Iterable<HostId>,
  answer?: { readonly inputId: string; readonly answer: InputAnswer },
): Effects {
  const ordered = events.filter((event) => event.type === "taskOrdered");
  const cancelled = events.filter((event) => event.type === "taskCancelOrdered");
  const throttled = events.some((event) => event.type === "taskThrottled");
  const hasEnded = events.some((event) => event.type === "runEnded");
  const tasks = ordered.map((event) => ({ stepId: event.stepId, hostId: event.hostId, order: orderOf(event) }));
  return {
    rows: {
      ...(answer === undefined ? {} : { answers: [answer] }),
      ...(tasks.length === 0 ? {} : { tasks }),
      ...(cancelled.length === 0 ? {} : { cancels: cancelled.map((event) => event.taskId) }),
      ...(hasEnded ? { forgetSecrets: true as const } : {}),
    },
    timers: events.filter((event) => event.type === "timerSet"),
    // A cancel and a throttle name no host; a run has few.
    hosts: new Set(hasEnded || throttled || cancelled.length > 0 ? hosts : ordered.map((event) => event.hostId)),
  };
}
