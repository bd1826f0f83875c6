import type { FactView } from "../../protocol/http/evidence.ts";

/** A fact that was taken before and after, side by side. */
export interface FactPair {
  readonly name: string;
  readonly title: string;
  readonly before: FactView;
  readonly after: FactView;
}

/** Pairs of prefixes that the runbooks use for the two sides of one measurement. */
const SIDES = [
  ["before.", "after."],
  ["baseline.", "accepted."],
] as const;

/** The facts that were measured on both sides, and the rest. */
export function sortFacts(facts: readonly FactView[]): {
  readonly pairs: readonly FactPair[];
  readonly others: readonly FactView[];
} {
  const byName = new Map(facts.map((fact) => [fact.name, fact]));
  const paired = new Set<string>();
  const pairs: FactPair[] = [];
  for (const fact of facts) {
    for (const [first, second] of SIDES) {
      if (!fact.name.startsWith(first)) continue;
      const after = byName.get(second + fact.name.slice(first.length));
      if (!after) continue;
      paired.add(fact.name).add(after.name);
      pairs.push({ name: fact.name.slice(first.length), title: after.title, before: fact, after });
    }
  }
  return { pairs, others: facts.filter((fact) => !paired.has(fact.name)) };
}
