import { IllegalTransition } from "./illegalTransition.ts";
import type { GateStage, RunStage, StepSection, StepStage } from "./stages.ts";
import { NEXT_GATE_STAGES, NEXT_MEASURE_STAGES, NEXT_STAGES, NEXT_STEP_STAGES } from "./stages.ts";
import type { RunState } from "./state.ts";

const includes = <T>(list: readonly T[], item: T): boolean => list.includes(item);

/** The run in its next stage. Throws IllegalTransition where the table has no such move. */
export function moveRun(state: RunState, to: RunStage): RunState {
  if (!includes<RunStage>(NEXT_STAGES[state.stage], to)) {
    throw new IllegalTransition(state.seq, `a run does not go from ${state.stage} to ${to}`);
  }
  return { ...state, stage: to };
}

/** Throws IllegalTransition where a step of that section can't go from one stage to the other. */
export function checkStepMove(seq: number, section: StepSection, stepId: string, from: StepStage, to: StepStage): void {
  const table = section === "checklist" ? NEXT_MEASURE_STAGES : NEXT_STEP_STAGES;
  if (!includes<StepStage>(table[from], to)) {
    throw new IllegalTransition(seq, `step ${stepId} does not go from ${from} to ${to}`);
  }
}

/** Throws IllegalTransition where a gate can't go from one stage to the other. */
export function checkGateMove(seq: number, gateId: string, from: GateStage, to: GateStage): void {
  if (!includes<GateStage>(NEXT_GATE_STAGES[from], to)) {
    throw new IllegalTransition(seq, `gate ${gateId} does not go from ${from} to ${to}`);
  }
}
