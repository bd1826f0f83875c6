import type { Reduction } from "../../../domain/action/prometheus.ts";
import { Failure } from "../../../domain/failure.ts";
import type { Answer } from "./answer.ts";

/** One value, or why there is none. */
export type Reduced =
  | { readonly outcome: "value"; readonly value: number }
  | { readonly outcome: "no_data"; readonly because: string };

/** Numbers as Prometheus writes them (Go's), but for those that are none: `NaN`, `+Inf`, `-Inf`. */
const NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/**
 * Makes one value of an answer. One series that is not a number makes all of it none: left out, it would make a sum smaller and a
 * maximum true by accident. Throws `expectationFailed` for several series where one is expected.
 */
export function reduceAnswer({ kind, values }: Pick<Answer, "kind" | "values">, reduce: Reduction): Reduced {
  if (reduce === "count" && kind === "vector") return { outcome: "value", value: values.length };
  if (values.length === 0) return { outcome: "no_data", because: "no series" };
  const numbers = values.map((text) => (NUMBER.test(text) ? Number(text) : Number.NaN));
  const odd = values.filter((_, i) => !Number.isFinite(numbers[i]));
  if (odd.length > 0)
    return { outcome: "no_data", because: `${odd.length} of ${values.length} is ${odd[0]?.slice(0, 40)}` };
  const value = reduceNumbers(numbers, kind === "scalar" ? "single" : reduce);
  return Number.isFinite(value) ? { outcome: "value", value } : { outcome: "no_data", because: "the sum is too large" };
}

function reduceNumbers(numbers: readonly number[], reduce: Reduction): number {
  switch (reduce) {
    case "single": {
      const [value] = numbers;
      if (value !== undefined && numbers.length === 1) return value;
      throw new Failure(
        "expectationFailed",
        `The answer has ${numbers.length} series where one is expected. Say max, min, sum or count, or select one.`,
      );
    }
    case "max":
      return numbers.reduce((largest, number) => Math.max(largest, number), Number.NEGATIVE_INFINITY);
    case "min":
      return numbers.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY);
    case "sum":
      return numbers.reduce((sum, number) => sum + number, 0);
    case "count":
      return numbers.length;
    default:
      return reduce satisfies never;
  }
}
