import type { CriterionNow } from "../../../domain/gate/criteria.ts";
import { criteriaNow } from "../../../domain/gate/criteria.ts";
import type { CompiledGate } from "../../../domain/runbook/compiled.ts";
import type { CriterionView } from "../../../protocol/http/evidence.ts";
import { presentFact } from "./facts.ts";
import type { Subject } from "./subject.ts";

/** The criteria of a gate as they stand now; what stops comes first. */
export function presentCriteria(subject: Subject, gate: CompiledGate): readonly CriterionView[] {
  const views = criteriaNow(subject.plan, subject.state, gate, subject.now).map((criterion) =>
    presentCriterion(subject, criterion),
  );
  const rank = (view: CriterionView) =>
    view.waived ? 2 : view.verdict === "fail" ? 0 : view.verdict === "unknown" ? 1 : 2;
  return views.toSorted((a, b) => rank(a) - rank(b));
}

function presentCriterion(subject: Subject, now: CriterionNow): CriterionView {
  const { criterion, judgement, waiver } = now;
  const facts = subject.plan.expressions.factsNamed(criterion.expr).flatMap((name) => subject.state.facts[name] ?? []);
  return {
    id: criterion.id,
    title: criterion.title,
    kind: now.list,
    verdict: judgement.verdict,
    waivable: criterion.waivable !== undefined,
    waived: waiver ? { by: subject.names.person(waiver.by), reason: waiver.reason } : null,
    values: facts.map((fact) => presentFact(subject, fact)),
    expression: criterion.expr,
    lacking: now.missing.map((name) => subject.plan.runbook.facts[name]?.title ?? name),
    notes: criterion.notes ?? null,
  };
}
