import type { GateId, StepId, TaskId } from "../ids.ts";
import type { StepStage } from "./stages.ts";
import type { GateState, RunState, StepState, TaskState } from "./state.ts";

/** A step that has begun or was skipped; undefined while it is planned. */
export function stepOf(state: RunState, stepId: StepId): StepState | undefined {
  return state.steps[stepId];
}

/** Where a step stands; `planned` when nothing was heard of it. */
export function stepStageOf(state: RunState, stepId: StepId): StepStage {
  return state.steps[stepId]?.stage ?? "planned";
}

/** Steps that a restart of their host has undone, and that were not done again yet. */
export function undoneSteps({ steps }: RunState): readonly StepState[] {
  return Object.values(steps).filter(({ stage }) => stage === "undone");
}

/** A gate; `ahead` when nothing was heard of it. */
export function gateOf(state: RunState, gateId: GateId): GateState {
  return state.gates[gateId] ?? { gateId, stage: "ahead", decisions: [], judgements: [] };
}

/** The newest task of a step while it may still act: ordered, accepted, or being cancelled. */
export function activeTaskOf(state: RunState, stepId: StepId): TaskState | undefined {
  const taskId: TaskId | undefined = state.steps[stepId]?.taskId;
  const task = taskId === undefined ? undefined : state.tasks[taskId];
  return task !== undefined && isActive(task) ? task : undefined;
}

/** True until a task's end or refusal is reported. */
export function isActive(task: TaskState): boolean {
  return task.stage !== "ended" && task.stage !== "refused";
}
