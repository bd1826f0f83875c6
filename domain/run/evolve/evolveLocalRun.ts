import type { Instant } from "../../time.ts";
import type { EventOf } from "../events.ts";
import { IllegalTransition } from "../illegalTransition.ts";
import type { RunState } from "../state.ts";

/** The run as it stood after an event of its log; undefined where that is not known. */
export type Past = (seq: number) => RunState | undefined;

/**
 * A host becomes the writer, from the event that it names. What was written behind that keeps its place in the log and counts for
 * nothing, but for what can't be unsaid: announcements that went out, notes, and nonces, which decide once.
 */
export function takenOver(state: RunState, event: EventOf<"runTakenOver">, at: Instant, past: Past): RunState {
  const isNext = event.from.seq === state.seq - 1;
  const base = isNext ? state : past(event.from.seq);
  if (base === undefined)
    throw new IllegalTransition(state.seq, `it stands on event ${event.from.seq}, which is not known`);
  if (state.takenOver !== undefined || base.takenOver !== undefined) {
    throw new IllegalTransition(state.seq, "a host carries the run on already");
  }
  const { hostId, by, from, signature } = event;
  return {
    ...base,
    ...{ seq: state.seq, lastEventAt: at, announced: state.announced, notes: state.notes, nonces: state.nonces },
    takenOver: { hostId, by, at, from, signature, events: 1 },
    takeovers: [...state.takeovers, signature],
  };
}

/** The server is the writer again. */
export function givenBack(state: RunState, event: EventOf<"runGivenBack">): RunState {
  const { takenOver: current, ...rest } = state;
  if (current?.hostId !== event.hostId)
    throw new IllegalTransition(state.seq, "given back by who has not taken it over");
  return rest;
}

/** Counts an event of the host's, by which it and the server tell how far they are. */
export function countLocal(before: RunState, after: RunState): RunState {
  if (before.takenOver === undefined || after.takenOver === undefined) return after;
  return { ...after, takenOver: { ...after.takenOver, events: after.takenOver.events + 1 } };
}
