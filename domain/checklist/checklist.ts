import type { Fact, FactName } from "../fact/fact.ts";
import { isStale } from "../fact/fact.ts";
import { criteriaNow } from "../gate/criteria.ts";
import { GO_GATE } from "../gate/goGate.ts";
import type { StepId } from "../ids.ts";
import { findGate } from "../run/findStep.ts";
import { latestFactTree, scopeOf } from "../run/scope.ts";
import type { RunState, StepState } from "../run/state.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import type { ChecklistItem } from "../runbook/schema.ts";
import type { Instant } from "../time.ts";

/**
 * Where an item of preparation stands. `open`: nothing done yet. `measuring`: an agent is at it. `failed`: the measurement
 * failed, or what it expects is not so. `excused`: not so, but a waived criterion covers it. `stale`: done, and too old to count.
 */
export type ItemStage = "open" | "measuring" | "failed" | "excused" | "stale" | "done";

export interface ItemNow {
  readonly item: ChecklistItem;
  readonly group: { readonly id: string; readonly title: string };
  readonly stage: ItemStage;
  /** The facts behind it, newest first; with source and age for the list. */
  readonly facts: readonly Fact[];
  /** What the Measured column shows: the item's `shows`, or what a person answered. */
  readonly shown?: unknown;
  /** The measured step, where an agent measures. */
  readonly step?: StepState;
}

/** The whole checklist as it stands. */
export function checklistNow(plan: CompiledRunbook, state: RunState, now: Instant): readonly ItemNow[] {
  return plan.runbook.checklist.flatMap(({ id, title, items }) =>
    items.map((item): ItemNow => {
      const step = state.steps[item.id];
      const facts = factsOf(plan, state, item);
      const shown = shownOf(plan, state, item, now);
      return {
        item,
        group: { id, title },
        stage: stageOf(plan, state, item, facts, now),
        facts,
        ...(shown === undefined ? {} : { shown }),
        ...(step === undefined ? {} : { step }),
      };
    }),
  );
}

/** The items that still keep approval from being asked for. A stale one does not: its criterion is unknown and says so itself. */
export function openItems(plan: CompiledRunbook, state: RunState, now: Instant): readonly ItemNow[] {
  return checklistNow(plan, state, now).filter(
    ({ stage }) => stage === "open" || stage === "measuring" || stage === "failed",
  );
}

/** The measured items of which a fact is absent or stale: what "Measure 2 stale facts" orders. */
export function staleMeasures(plan: CompiledRunbook, state: RunState, now: Instant): readonly StepId[] {
  const isFresh = (name: FactName): boolean => {
    const fact = state.facts[name];
    return fact !== undefined && !isStale(fact, now);
  };
  return plan.measures.filter(({ task }) => !task.facts.every(({ name }) => isFresh(name))).map(({ id }) => id);
}

function stageOf(
  plan: CompiledRunbook,
  state: RunState,
  item: ChecklistItem,
  facts: readonly Fact[],
  now: Instant,
): ItemStage {
  if (item.measure !== undefined) {
    const stage = state.steps[item.id]?.stage ?? "planned";
    if (stage === "running") return "measuring";
    if (stage === "failed" || stage === "unknown" || stage === "cancelled") return "failed";
    if (stage !== "done") return "open";
  }
  const confirmed = state.confirmed[item.id];
  if (item.confirm !== undefined && confirmed === undefined) return "open";
  if (item.announce !== undefined && confirmed?.value !== true && !isAnnounced(state, item.announce)) return "open";
  if (item.seal !== undefined && state.secrets[item.seal] === undefined) return "open";
  if (facts.some((fact) => isStale(fact, now))) return "stale";
  if (item.expect === undefined) return "done";
  const scope = scopeOf(state, now, confirmed === undefined ? {} : { value: confirmed.value });
  const { verdict } = plan.expressions.judge(item.id, item.title, item.expect, scope);
  if (verdict === "pass") return "done";
  // Nobody measured yet what it asks for: open, not failed.
  if (verdict === "unknown" && item.measure === undefined && item.confirm === undefined) return "open";
  return isExcused(plan, state, item.expect, now) ? "excused" : "failed";
}

function isAnnounced(state: RunState, announcementId: string): boolean {
  return state.announced.some((announced) => announced.announcementId === announcementId);
}

/** True where a waived criterion names one of the same facts: whoever waived it accepted that value. */
function isExcused(plan: CompiledRunbook, state: RunState, expect: string, now: Instant): boolean {
  const gate = findGate(plan, GO_GATE);
  if (gate === undefined) return false;
  const expected = plan.expressions.factsNamed(expect);
  return criteriaNow(plan, state, gate, now).some(
    ({ waiver, criterion }) =>
      waiver !== undefined && plan.expressions.factsNamed(criterion.expr).some((name) => expected.includes(name)),
  );
}

function factsOf(plan: CompiledRunbook, state: RunState, item: ChecklistItem): readonly Fact[] {
  const names: string[] = Object.keys(item.measure?.facts ?? {});
  if (item.confirm !== undefined) names.push(item.confirm.fact);
  if (item.expect !== undefined) names.push(...plan.expressions.factsNamed(item.expect));
  return [...new Set(names)]
    .flatMap((name) => Object.values(state.facts).filter((fact) => fact.name === name))
    .sort((a, b) => b.measuredAt - a.measuredAt);
}

function shownOf(plan: CompiledRunbook, state: RunState, item: ChecklistItem, now: Instant): unknown {
  if (item.shows === undefined) return state.confirmed[item.id]?.value;
  // Shown from the last values, stale ones too: a value that is too old stays on screen with its age.
  return plan.expressions.value(item.shows, { ...scopeOf(state, now), facts: latestFactTree(state) });
}
