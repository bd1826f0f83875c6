import { openItems } from "../../checklist/checklist.ts";
import type { CriterionNow } from "../../gate/criteria.ts";
import { criteriaNow } from "../../gate/criteria.ts";
import { GO_GATE } from "../../gate/goGate.ts";
import type { CompiledGate } from "../../runbook/compiled.ts";
import type { Actor } from "../actor.ts";
import { askGate } from "../advance/settleGates.ts";
import { findGate } from "../findStep.ts";
import type { Refusal, Turn } from "../turn.ts";
import { refuse } from "../turn.ts";

/** Asks for GO or NO-GO. The whole checklist is done, every GO criterion passes or is waived, and no NO-GO criterion holds. */
export function askApproval(turn: Turn, actor: Actor): Refusal | undefined {
  const { stage, windowEndsAt } = turn.state;
  if (stage === "deciding") return refuse("alreadyOrdered");
  if (stage !== "preparing") return refuse("wrongStage");
  if (turn.now >= windowEndsAt) return refuse("outsideWindow", "The window is over.");
  const gate = findGate(turn.plan, GO_GATE);
  if (gate === undefined) throw new Error("a compiled runbook has an approval gate");
  const open = openItems(turn.plan, turn.state, turn.now);
  if (open.length > 0) return refuse("checklistOpen", listed(open.map(({ item }) => item.title)));
  const unmet = refuseUnmet(criteriaNow(turn.plan, turn.state, gate, turn.now));
  if (unmet !== undefined) return unmet;
  turn.emit({ type: "approvalAsked", by: actor.userId });
  askGate(turn, gate);
  return undefined;
}

/** The refusal that criteria lead to, naming each; undefined when all are met. */
export function refuseUnmet(criteria: readonly CriterionNow[]): Refusal | undefined {
  const titles = (verdict: "fail" | "unknown"): string[] =>
    criteria
      .filter(({ met, judgement }) => !met && judgement.verdict === verdict)
      .map(({ judgement }) => judgement.title);
  const failed = titles("fail");
  if (failed.length > 0) return refuse("criteriaNotMet", listed(failed));
  const unknown = titles("unknown");
  return unknown.length > 0 ? refuse("criteriaUnknown", listed(unknown)) : undefined;
}

/** The criteria of a gate as a refusal, judged now. */
export function refuseByCriteria(turn: Turn, gate: CompiledGate): Refusal | undefined {
  return refuseUnmet(criteriaNow(turn.plan, turn.state, gate, turn.now));
}

function listed(titles: readonly string[]): string {
  return titles.join("; ");
}
