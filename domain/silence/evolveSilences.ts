import type { EventOf, RunEvent } from "../run/events.ts";
import { IllegalTransition } from "../run/illegalTransition.ts";
import type { RunState } from "../run/state.ts";
import type { Instant } from "../time.ts";
import type { SilenceState } from "./silences.ts";
import { silenceOf } from "./silences.ts";

export type SilenceEvent = EventOf<"silenceSigned" | "triggerSilenced" | "silenceEnded">;

/** Somebody signs towards a silence, it comes into force, or it ends. The trigger itself goes on being watched. */
export function evolveSilences(state: RunState, event: SilenceEvent, at: Instant): RunState {
  const before = silenceOf(state, event.triggerId);
  switch (event.type) {
    case "silenceSigned": {
      const { silence, by, groups } = event;
      const { nonce } = silence.statement;
      if (state.nonces.includes(nonce)) throw new IllegalTransition(state.seq, "a statement was used twice");
      // What somebody signs anew takes the place of what they signed before.
      const others = before.signed.filter((made) => made.by !== by);
      const signed = withSilence(state, { ...before, signed: [...others, { silence, by, groups }] });
      return { ...signed, nonces: [...state.nonces, nonce] };
    }
    case "triggerSilenced": {
      const { until, untilStep, reason, signers } = event;
      const inForce = { until, reason, signers, since: at, ...(untilStep === undefined ? {} : { untilStep }) };
      return withSilence(state, { ...before, signed: [], inForce });
    }
    case "silenceEnded": {
      const { [event.triggerId]: ended, ...silences } = state.silences;
      if (ended === undefined) throw new IllegalTransition(state.seq, `trigger ${event.triggerId} is not silenced`);
      return { ...state, silences };
    }
    default:
      return event satisfies never;
  }
}

/** A run that goes back or has ended watches nothing any more, and so has nothing silenced. */
export function dropSilences(state: RunState, event: RunEvent): RunState {
  return event.type === "rollbackBegan" || event.type === "runEnded" ? { ...state, silences: {} } : state;
}

function withSilence(state: RunState, silence: SilenceState): RunState {
  return { ...state, silences: { ...state.silences, [silence.triggerId]: silence } };
}
