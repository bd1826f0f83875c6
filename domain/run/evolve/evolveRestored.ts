import type { Instant } from "../../time.ts";
import type { EventOf } from "../events.ts";
import { IllegalTransition } from "../illegalTransition.ts";
import { restoredText } from "../restoredText.ts";
import type { RunState } from "../state.ts";

/**
 * The record is older than what was done. A run that is held already is held for this from now on: whoever saw the earlier reason has
 * not seen this one.
 */
export function evolveRestored(
  state: RunState,
  event: EventOf<"runRestored" | "hostKnowsMore">,
  at: Instant,
): RunState {
  const { hold } = state;
  const held =
    hold === undefined
      ? state
      : {
          ...state,
          hold: { ...hold, cause: "restored" as const, detail: restoredText(event), since: at, seq: state.seq },
        };
  if (event.type === "hostKnowsMore") return held;
  const secrets = { ...state.secrets };
  const unsealed = { ...state.unsealed };
  for (const name of event.unsealed) {
    const sealed = secrets[name];
    if (sealed === undefined) throw new IllegalTransition(state.seq, `${name} was unsealed and is not sealed`);
    unsealed[name] = { holder: sealed.holder, place: sealed.place };
    delete secrets[name];
  }
  return { ...held, secrets, unsealed };
}
