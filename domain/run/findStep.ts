import type { GateId, StepId } from "../ids.ts";
import type {
  CompiledGate,
  CompiledMeasure,
  CompiledRollbackStep,
  CompiledRunbook,
  CompiledStep,
  StepWork,
} from "../runbook/compiled.ts";

/** Anything that can begin, act and end: a forward step, a rollback step, a measured checklist item. */
export type AnyStep = CompiledStep | CompiledRollbackStep | CompiledMeasure;

/** The step of that id, in whichever part of the runbook it stands. */
export function findStep(plan: CompiledRunbook, stepId: StepId): AnyStep | undefined {
  return (
    plan.steps.find((step) => step.id === stepId) ??
    plan.rollbackSteps.find((step) => step.id === stepId) ??
    plan.measures.find((step) => step.id === stepId)
  );
}

/** The gate of that id: `go`, or that of a gate step. */
export function findGate(plan: CompiledRunbook, gateId: GateId): CompiledGate | undefined {
  return plan.gates.find((gate) => gate.gateId === gateId);
}

/** What a step does. A measured item is always a task. */
export function workOf(step: AnyStep): StepWork {
  return step.section === "checklist" ? { kind: "task", task: step.task } : step.work;
}
