import type { EventOf } from "../events.ts";
import { IllegalTransition } from "../illegalTransition.ts";
import { checkStepMove } from "../moves.ts";
import type { RunState } from "../state.ts";

/** A host was started anew: what was done there and is gone is due again, and what was sealed to it counts as not sealed. */
export function evolveReboot(state: RunState, event: EventOf<"hostRebooted">): RunState {
  const steps = { ...state.steps };
  for (const stepId of event.undone) {
    const step = steps[stepId];
    if (step === undefined) throw new IllegalTransition(state.seq, `step ${stepId} was undone and has not begun`);
    checkStepMove(state.seq, step.section, stepId, step.stage, "undone");
    steps[stepId] = { ...step, stage: "undone" };
  }
  const gone = new Set(event.unsealed);
  const secrets = Object.fromEntries(Object.entries(state.secrets).filter(([name]) => !gone.has(name)));
  return { ...state, steps, secrets };
}
