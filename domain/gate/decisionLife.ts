import { canonicalJson } from "../canonicalJson.ts";
import { differences } from "../decision/differences.ts";
import type { Evidence, Statement } from "../decision/statement.ts";
import { clip } from "../run/clip.ts";
import type { EventOf, Judgement } from "../run/events.ts";
import type { RunState } from "../run/state.ts";
import { gateOf } from "../run/stepOf.ts";
import type { CompiledGate, CompiledRunbook } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";
import type { CriterionNow } from "./criteria.ts";
import { criteriaNow } from "./criteria.ts";

type LifeEvent = EventOf<"decisionSuspended" | "decisionRevived" | "decisionVoided">;

/** How signed evidence stands against the criteria of now. */
export type EvidenceNow =
  | { readonly stands: true }
  | { readonly stands: false; readonly stale: readonly string[] }
  | { readonly stands: false; readonly what: string; readonly was: string; readonly is: string };

/**
 * The life of the decisions that still stand at a gate, on the facts of this moment. Something bound changed, or a criterion
 * judges otherwise: void, naming both values. A criterion can't be judged any more because a fact is stale or gone: suspended
 * until it is measured again. Judged as signed: revived. What became better since (failed and waived then, passes now) stands.
 */
export function reviewDecisions(
  plan: CompiledRunbook,
  state: RunState,
  gate: CompiledGate,
  now: Instant,
): readonly LifeEvent[] {
  const standing = gateOf(state, gate.gateId).decisions.filter(
    (made) => made.verdict !== "NO-GO" && (made.life === "valid" || made.life === "suspended"),
  );
  if (standing.length === 0) return [];
  const criteria = criteriaNow(plan, state, gate, now);
  return standing.flatMap((made): LifeEvent[] => {
    const whose = { gateId: gate.gateId, by: made.by };
    const [changed] = differences(made.decision.statement, state, plan);
    if (changed !== undefined) return [voided(whose, changed)];
    const evidence = judgeEvidence(made.decision.statement, criteria);
    if (evidence.stands) return made.life === "suspended" ? [{ type: "decisionRevived", ...whose }] : [];
    if ("what" in evidence) return [voided(whose, evidence)];
    return made.life === "valid" ? [{ type: "decisionSuspended", ...whose, staleFacts: [...evidence.stale] }] : [];
  });
}

/** Compares the evidence of a statement with the criteria as they are judged now. Verdicts count, measured values may differ. */
export function judgeEvidence(statement: Statement, criteria: readonly CriterionNow[]): EvidenceNow {
  const stale: string[] = [];
  for (const criterion of criteria) {
    const { id, title, verdict } = criterion.judgement;
    const signed = statement.evidence.find((evidence) => evidence.criterionId === id);
    if (signed === undefined)
      return { stands: false, what: title, was: "not judged", is: inWords(criterion.judgement) };
    if (signed.verdict === verdict || verdict === "pass") continue;
    if (verdict === "unknown") {
      if (signed.waived === undefined) stale.push(...(criterion.missing.length === 0 ? [id] : criterion.missing));
      continue;
    }
    // It fails now. Only a waiver that was part of what was signed covers that.
    if (signed.waived === undefined) {
      return { stands: false, what: title, was: inWords(signed), is: inWords(criterion.judgement) };
    }
  }
  return stale.length === 0 ? { stands: true } : { stands: false, stale: [...new Set(stale)] };
}

function voided(
  whose: Pick<LifeEvent, "gateId" | "by">,
  change: { readonly what: string; readonly was: string; readonly is: string },
): LifeEvent {
  return {
    type: "decisionVoided",
    ...whose,
    what: clip(change.what, 400),
    was: clip(change.was, 2000),
    is: clip(change.is, 2000),
  };
}

function inWords(judged: Pick<Evidence | Judgement, "verdict" | "values">): string {
  const values = Object.entries(judged.values).map(([name, value]) => `${name} = ${canonicalJson(value ?? null)}`);
  return values.length === 0 ? judged.verdict : `${judged.verdict} (${values.join(", ")})`;
}
