import type { GateId } from "../ids.ts";
import type { CompiledRunbook, CompiledStep } from "../runbook/compiled.ts";

/** The steps from a gate to the next gate that people decide, that one included: what its GO leads to. The approval stands before all. */
export function stepsBehind(plan: CompiledRunbook, gateId: GateId): readonly CompiledStep[] {
  const from = plan.steps.findIndex((step) => step.work.kind === "gate" && step.work.gate.gateId === gateId) + 1;
  const rest = plan.steps.slice(from);
  const next = rest.findIndex((step) => step.work.kind === "gate" && step.work.gate.spec.opensBy === "people");
  return next === -1 ? rest : rest.slice(0, next + 1);
}
