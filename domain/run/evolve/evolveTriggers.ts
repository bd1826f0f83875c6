import type { Instant } from "../../time.ts";
import type { EventOf } from "../events.ts";
import type { RunState, TriggerState } from "../state.ts";

export type TriggerEvent = EventOf<"triggerPending" | "triggerFired" | "triggerResolved">;

/** A trigger begins to hold, fires, or is quiet again. */
export function evolveTriggers(state: RunState, event: TriggerEvent, at: Instant): RunState {
  const stage = STAGE[event.type];
  const trigger: TriggerState = { triggerId: event.triggerId, stage, since: at, value: event.value };
  return { ...state, triggers: { ...state.triggers, [event.triggerId]: trigger } };
}

const STAGE = { triggerPending: "pending", triggerFired: "fired", triggerResolved: "quiet" } as const;

/** A probe falls silent, or is heard again. */
export function evolveSilence(state: RunState, event: EventOf<"probeSilent" | "probeHeard">, at: Instant): RunState {
  const { [event.probeId]: _, ...others } = state.silent;
  return { ...state, silent: event.type === "probeSilent" ? { ...others, [event.probeId]: at } : others };
}
