import type { Fact } from "../../fact/fact.ts";
import { isClockOff } from "../../gate/clocks.ts";
import type { Instant } from "../../time.ts";
import type { EventOf } from "../events.ts";
import { moveRun } from "../moves.ts";
import type { RunState } from "../state.ts";

export type PreparationEvent = EventOf<
  "factsMeasured" | "clockMeasured" | "itemConfirmed" | "criterionWaived" | "secretSealed" | "approvalAsked"
>;

/** What preparation adds: facts, clocks, attestations, waivers, sealed secrets, the question for approval. */
export function evolvePreparation(state: RunState, event: PreparationEvent, at: Instant): RunState {
  switch (event.type) {
    case "factsMeasured":
      return { ...state, facts: withNewest(state.facts, event.facts) };
    case "clockMeasured": {
      const { [event.hostId]: _before, ...others } = state.clocksOff;
      return { ...state, clocksOff: isClockOff(event.offMs) ? { ...others, [event.hostId]: event.offMs } : others };
    }
    case "itemConfirmed":
      return {
        ...state,
        confirmed: {
          ...state.confirmed,
          [event.itemId]: { value: event.value, reason: event.reason, by: event.by, at },
        },
      };
    case "criterionWaived":
      return {
        ...state,
        waivers: { ...state.waivers, [event.criterionId]: { reason: event.reason, by: event.by, at } },
      };
    case "secretSealed": {
      const { [event.secret]: _again, ...unsealed } = state.unsealed;
      return {
        ...state,
        unsealed,
        secrets: {
          ...state.secrets,
          [event.secret]: { holder: event.holder, place: event.place, recipient: event.recipient, sealedAt: at },
        },
      };
    }
    case "approvalAsked":
      return moveRun(state, "deciding");
    default:
      return event satisfies never;
  }
}

// Reports arrive late and out of order: a fact measured earlier never replaces one measured later.
function withNewest(known: RunState["facts"], measured: readonly Fact[]): RunState["facts"] {
  const facts = { ...known };
  for (const fact of measured) {
    const earlier = facts[fact.name];
    if (earlier === undefined || earlier.measuredAt <= fact.measuredAt) facts[fact.name] = fact;
  }
  return facts;
}
