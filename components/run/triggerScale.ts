import type { TriggerView } from "../../protocol/http/runs.ts";

/** Where a trigger's value lies on its bar, and where it fires; both 0 to 1. */
export interface TriggerScale {
  readonly share: number;
  readonly threshold: number;
  /** The threshold as it is written in the expression. */
  readonly limit: string;
}

/**
 * Reads the bar of a trigger from its condition, where that is one comparison of the probe with a number ("probe.value > 90.0").
 * Undefined for any other: a bar that might lie is worse than none.
 */
export function triggerScale(trigger: Pick<TriggerView, "expression" | "value">): TriggerScale | undefined {
  const found = [
    ...trigger.expression.matchAll(
      /probe\.(?:value|consecutive_failures)\s*(>=?|<=?)\s*(\d+(?:\.\d+)?)(?![\w.(*+/-]| *[*+/-])/g,
    ),
  ];
  const [match] = found;
  if (found.length !== 1 || !match || trigger.value === null || trigger.expression.includes("||")) return undefined;
  const limit = Number(match[2]);
  const value = Number.parseFloat(trigger.value);
  if (!Number.isFinite(value) || limit <= 0) return undefined;
  // The bar reaches a quarter beyond the limit, or to the value where that is further out.
  const end = Math.max(limit * 1.25, value);
  return { share: value / end, threshold: limit / end, limit: String(limit) };
}
