import { prometheusQuery } from "../action/prometheus.ts";
import { RunId } from "../ids.ts";
import type { CompiledProbe } from "../runbook/compiled.ts";
import { namesInArguments } from "../runbook/namesInArguments.ts";
import { languageOf } from "../runbook/read.ts";
import { readTemplate } from "../runbook/template.ts";
import { Instant } from "../time.ts";
import type { RuleSource } from "./names.ts";

const Asked = prometheusQuery.args.pick({ query: true, reduce: true, maxAgeMs: true });

/**
 * What a probe asks Prometheus for, as a part of an expression of PromQL; undefined for any other probe, and where the question depends on
 * what only the run knows.
 */
export function queryOf({ compiled, parameters }: RuleSource, probe: CompiledProbe): string | undefined {
  if (probe.action !== prometheusQuery.name) return undefined;
  const asked = Object.fromEntries(Object.entries(probe.with).filter(([key]) => Object.hasOwn(Asked.shape, key)));
  const { filledIn, computed } = namesInArguments(asked, languageOf(compiled.runbook), readTemplate);
  if ([...filledIn, ...computed].some((name) => !name.startsWith("params."))) return undefined;
  const rendered = compiled.expressions.renderArguments(asked, { ...NO_RUN, params: parameters });
  const read = rendered.ok ? Asked.safeParse(rendered.value) : undefined;
  if (read?.success !== true) return undefined;
  const { query, reduce, maxAgeMs } = read.data;
  // A line of its own for what closes it: an expression may end in a comment.
  const own = /[\n#]/.test(query) ? `(\n${query}\n)` : `(${query})`;
  const text = reducedBy[reduce](own);
  return maxAgeMs === 0 ? text : `(${text} and on () (time() - min(timestamp${own}) <= ${maxAgeMs / 1000}))`;
}

/** The rules by which an answer becomes one value (domain/action/prometheus.ts); of no series there is one count, which is 0. */
const reducedBy = {
  single: (query) => query,
  max: (query) => `max${query}`,
  min: (query) => `min${query}`,
  sum: (query) => `sum${query}`,
  count: (query) => `(count${query} or vector(0))`,
} as const satisfies Record<string, (query: string) => string>;

/** A moment before any run: what names parameters only has the same value in all of them. */
const NO_RUN = {
  facts: {},
  began: new Set<never>(),
  done: new Set<never>(),
  run: { id: RunId.parse("00000000-0000-0000-0000-000000000000"), kind: "live" as const },
  now: Instant.parse(0),
  window: { starts_at: Instant.parse(0), ends_at: Instant.parse(0) },
};
