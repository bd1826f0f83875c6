import type { Evidence } from "../decision/statement.ts";
import type { FactName } from "../fact/fact.ts";
import { isStale } from "../fact/fact.ts";
import type { GateId } from "../ids.ts";
import type { Judgement } from "../run/events.ts";
import { scopeOf } from "../run/scope.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledGate, CompiledRunbook } from "../runbook/compiled.ts";
import type { Criterion } from "../runbook/schema.ts";
import type { Instant } from "../time.ts";
import { clockCriteria } from "./clocks.ts";
import { GO_GATE } from "./goGate.ts";

/** A criterion of a gate, and which list it stands in. */
export interface GateCriterion {
  readonly list: "go" | "nogo" | "gate";
  readonly criterion: Criterion;
}

/** A criterion as it stands at a moment. */
export interface CriterionNow extends GateCriterion {
  /**
   * `pass` means "nothing stops because of it", in every list: a NO-GO criterion passes when what it names is not so. One
   * meaning, so that nobody at two in the morning reads a green mark as its opposite.
   */
  readonly judgement: Judgement;
  readonly waiver?: RunState["waivers"][string];
  /** Passed, or waived. */
  readonly met: boolean;
  /** Facts that it names and that are absent or stale. */
  readonly missing: readonly FactName[];
}

/** All criteria of a gate: for `go` the runbook's GO and NO-GO lists and the approval's own. */
export function criteriaOf(plan: CompiledRunbook, gate: CompiledGate): readonly GateCriterion[] {
  const own = gate.spec.criteria.map((criterion) => ({ list: "gate" as const, criterion }));
  if (gate.gateId !== GO_GATE) return own;
  return [
    ...plan.runbook.criteria.go.map((criterion) => ({ list: "go" as const, criterion })),
    ...plan.runbook.criteria.nogo.map((criterion) => ({ list: "nogo" as const, criterion })),
    ...own,
  ];
}

/** Judges all criteria of a gate on the fresh facts of the moment; at `go` also the clocks of the hosts, which no runbook has to name. */
export function criteriaNow(
  plan: CompiledRunbook,
  state: RunState,
  gate: CompiledGate,
  now: Instant,
): readonly CriterionNow[] {
  const scope = scopeOf(state, now);
  const judged = criteriaOf(plan, gate).map(({ list, criterion }) => {
    const raw = plan.expressions.judge(criterion.id, criterion.title, criterion.expr, scope);
    const judgement = list === "nogo" ? { ...raw, verdict: OPPOSITE[raw.verdict] } : raw;
    const waiver = criterion.waivable === undefined ? undefined : state.waivers[criterion.id];
    return {
      list,
      criterion,
      judgement,
      ...(waiver === undefined ? {} : { waiver }),
      met: judgement.verdict === "pass" || waiver !== undefined,
      missing: missingFacts(plan, state, criterion.expr, now),
    };
  });
  return gate.gateId === GO_GATE ? [...judged, ...clockCriteria(plan, state)] : judged;
}

const OPPOSITE = { pass: "fail", fail: "pass", unknown: "unknown" } as const;

/** The facts that an expression names and that are absent or stale. */
export function missingFacts(plan: CompiledRunbook, state: RunState, expr: string, now: Instant): readonly FactName[] {
  return plan.expressions.factsNamed(expr).filter((name) => {
    const fact = state.facts[name];
    return fact === undefined || isStale(fact, now);
  });
}

/** The criteria as evidence for a statement: what the approver sees and signs. */
export function evidenceOf(criteria: readonly CriterionNow[]): Evidence[] {
  return criteria.map(({ judgement, waiver }) => ({
    criterionId: judgement.id,
    verdict: judgement.verdict,
    ...(waiver === undefined ? {} : { waived: { by: waiver.by, reason: waiver.reason } }),
    values: judgement.values,
  }));
}

/** The criterion of that id at a gate. */
export function findCriterion(
  plan: CompiledRunbook,
  criterionId: string,
): { readonly gateId: GateId; readonly criterion: Criterion } | undefined {
  for (const gate of plan.gates) {
    const found = criteriaOf(plan, gate).find(({ criterion }) => criterion.id === criterionId);
    if (found !== undefined) return { gateId: gate.gateId, criterion: found.criterion };
  }
  return undefined;
}
