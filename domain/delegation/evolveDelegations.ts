import type { EventOf } from "../run/events.ts";
import { IllegalTransition } from "../run/illegalTransition.ts";
import type { RunState } from "../run/state.ts";
import type { Instant } from "../time.ts";

/** Somebody names who decides in their place, or takes that back. What was signed in their place is dealt with by events of its own. */
export function evolveDelegations(
  state: RunState,
  event: EventOf<"delegated" | "delegationTakenBack">,
  at: Instant,
): RunState {
  const { [event.by]: before, ...others } = state.delegations;
  switch (event.type) {
    case "delegated": {
      const { by: from, to, until, reason, groups } = event;
      return { ...state, delegations: { ...others, [from]: { from, to, until, reason, groups, at } } };
    }
    case "delegationTakenBack":
      if (before === undefined) throw new IllegalTransition(state.seq, `${event.by} has named nobody`);
      return { ...state, delegations: others };
    default:
      return event satisfies never;
  }
}
