import { z } from "zod";
import type { GateView } from "../../protocol/http/gates.ts";

/** What a reader saw of a gate's evidence, kept in their own browser to say what changed since. */
export const Looked = z.strictObject({
  at: z.number(),
  words: z.array(z.string()),
  facts: z.record(z.string(), z.strictObject({ title: z.string(), text: z.string() })),
  criteria: z.record(z.string(), z.strictObject({ title: z.string(), verdict: z.string() })),
});
export type Looked = z.infer<typeof Looked>;

/** One thing that is not as it was. */
export interface Change {
  readonly id: string;
  readonly title: string;
  readonly was: string;
  readonly is: string;
}

/** What a reader sees of a gate now. */
export function lookOf(gate: GateView, at: number): Looked {
  const facts = gate.criteria.flatMap((criterion) => criterion.values);
  return {
    at,
    words: [...gate.words],
    facts: Object.fromEntries(facts.map((fact) => [fact.name, { title: fact.title, text: fact.text }])),
    criteria: Object.fromEntries(
      gate.criteria.map((criterion) => [
        criterion.id,
        { title: criterion.title, verdict: criterion.waived ? "waived" : criterion.verdict },
      ]),
    ),
  };
}

const VERDICT_WORDS: Readonly<Record<string, string>> = {
  pass: "passed",
  fail: "failed",
  unknown: "was not known",
  waived: "was waived",
};
const VERDICT_NOW: Readonly<Record<string, string>> = {
  pass: "passes",
  fail: "fails",
  unknown: "is not known",
  waived: "is waived",
};

/** What changed between two looks: verdicts first, then values, then the six words of everything else that is signed. */
export function changesSince(
  before: Looked,
  now: Looked,
): { readonly changes: readonly Change[]; readonly sameRest: boolean } {
  const changes: Change[] = [];
  for (const [id, criterion] of Object.entries(now.criteria)) {
    const was = before.criteria[id]?.verdict;
    if (was !== undefined && was !== criterion.verdict) {
      changes.push({
        id: `criterion ${id}`,
        title: criterion.title,
        was: VERDICT_WORDS[was] ?? was,
        is: VERDICT_NOW[criterion.verdict] ?? criterion.verdict,
      });
    }
  }
  for (const [name, fact] of Object.entries(now.facts)) {
    const was = before.facts[name]?.text;
    if (was !== fact.text)
      changes.push({ id: `fact ${name}`, title: fact.title, was: was ?? "not measured", is: fact.text });
  }
  return { changes, sameRest: before.words.join(" ") === now.words.join(" ") };
}

const keyOf = (runId: string, gateId: string, userId: string): string =>
  `slackwater-looked ${runId} ${gateId} ${userId}`;

/** Reads the last look of this reader at a gate from this browser; undefined where there is none or it can't be read. */
export function readLooked(runId: string, gateId: string, userId: string): Looked | undefined {
  try {
    const kept = Looked.safeParse(JSON.parse(window.localStorage.getItem(keyOf(runId, gateId, userId)) ?? "null"));
    return kept.success ? kept.data : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a look for the next visit. Where storage is refused nothing is kept, and the next visit says that it does not know. */
export function keepLooked(runId: string, gateId: string, userId: string, looked: Looked): void {
  try {
    window.localStorage.setItem(keyOf(runId, gateId, userId), JSON.stringify(looked));
  } catch {
    // Private browsing, full storage: the page works without.
  }
}
