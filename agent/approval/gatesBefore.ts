import { GO_GATE } from "../../domain/gate/goGate.ts";
import type { StepId } from "../../domain/ids.ts";
import { findGate } from "../../domain/run/findStep.ts";
import type { CompiledGate, CompiledRunbook } from "../../domain/runbook/compiled.ts";

/**
 * The gates at which people must have said GO before a forward step may change anything: the approval, and every gate for people
 * that stands before the step in the text. Gates that criteria open are the server's to judge.
 */
export function gatesBefore(compiled: CompiledRunbook, stepId: StepId): readonly CompiledGate[] {
  const index = compiled.steps.findIndex((step) => step.id === stepId);
  const passed = compiled.steps.slice(0, Math.max(0, index));
  const between = passed.flatMap(({ work }) => (work.kind === "gate" ? [work.gate] : []));
  return [...approval(compiled), ...between.filter((gate) => gate.spec.opensBy === "people")];
}

/** The approval alone: what a rollback stands on. */
export function approval(compiled: CompiledRunbook): readonly CompiledGate[] {
  const go = findGate(compiled, GO_GATE);
  return go === undefined ? [] : [go];
}
