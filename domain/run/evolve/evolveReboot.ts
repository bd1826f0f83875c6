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
  const secrets = { ...state.secrets };
  const unsealed = { ...state.unsealed };
  for (const name of event.unsealed) {
    const sealed = secrets[name];
    if (sealed === undefined) throw new IllegalTransition(state.seq, `${name} was unsealed and is not sealed`);
    unsealed[name] = { holder: sealed.holder, place: sealed.place };
    delete secrets[name];
  }
  return { ...state, steps, secrets, unsealed };
}
