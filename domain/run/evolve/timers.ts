import type { GateId, StepId } from "../../ids.ts";
import type { RunState } from "../state.ts";

/**
 * The run without the timers of a step or gate: one that begins anew, ends or is decided has nothing to wait for. A timer of it
 * that fires later is not known any more and changes nothing.
 */
export function withoutTimersOf(state: RunState, id: StepId | GateId): RunState {
  const timers = Object.entries(state.timers);
  const kept = timers.filter(([, { stepId }]) => String(stepId) !== String(id));
  return kept.length === timers.length ? state : { ...state, timers: Object.fromEntries(kept) };
}
