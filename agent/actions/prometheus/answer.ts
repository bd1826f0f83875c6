import { z } from "zod";
import { Failure } from "../../../domain/failure.ts";
import { Instant } from "../../../domain/time.ts";

/** Seconds since the epoch, and a number as text: `NaN`, `+Inf` and exponents are among them. */
const Sample = z.tuple([z.number().min(0).max(8.64e12), z.string().max(400)]);

/** Only what is looked at; the labels of a series may name what is nobody's business here. */
const Data = z.discriminatedUnion("resultType", [
  z.object({ resultType: z.literal("scalar"), result: Sample }),
  z.object({ resultType: z.literal("vector"), result: z.array(z.object({ value: Sample.optional() })) }),
  z.object({ resultType: z.literal("matrix") }),
  z.object({ resultType: z.literal("string") }),
]);

/** https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview */
const Body = z.discriminatedUnion("status", [
  z.object({ status: z.literal("success"), data: Data, warnings: z.array(z.string()).nullish() }),
  z.object({ status: z.literal("error"), errorType: z.string(), error: z.string() }),
]);

/** An answer with numbers. */
export interface Answer {
  readonly kind: "scalar" | "vector";
  /** When it was evaluated, by the server's clock. Undefined for a vector without series, which doesn't say. */
  readonly at: Instant | undefined;
  /** What stands behind each series, as the server wrote it; of a scalar just the one. */
  readonly values: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Reads the body of an answer to an instant query. Throws `argumentsInvalid` for an expression that is wrong or gives no numbers,
 * `timedOut` where the server gave up, `programFailed` where it failed otherwise, and `outputUnreadable` for what is no answer of
 * Prometheus.
 */
export function parseAnswer(body: string): Answer {
  const parsed = readBody(body);
  if (parsed.status === "error") throw refusal(parsed.errorType, parsed.error);
  const { data } = parsed;
  const warnings = parsed.warnings ?? [];
  switch (data.resultType) {
    case "scalar":
      return { kind: "scalar", at: instantOf(data.result[0]), values: [data.result[1]], warnings };
    case "vector": {
      const samples = data.result.flatMap(({ value }) => (value === undefined ? [] : [value]));
      if (samples.length < data.result.length)
        throw new Failure(
          "argumentsInvalid",
          "The expression gives histograms. Ask for a number, by histogram_quantile.",
        );
      const [first] = samples;
      const at = first === undefined ? undefined : instantOf(first[0]);
      return { kind: "vector", at, values: samples.map(([, value]) => value), warnings };
    }
    case "matrix":
    case "string":
      throw new Failure(
        "argumentsInvalid",
        `The expression gives a ${data.resultType}, not a scalar or an instant vector.`,
      );
    default:
      return data satisfies never;
  }
}

function readBody(body: string): z.infer<typeof Body> {
  try {
    return Body.parse(JSON.parse(body));
  } catch (cause) {
    throw new Failure(
      "outputUnreadable",
      "The answer is none of a Prometheus server's. Is the address its own, without /api?",
      {
        cause,
      },
    );
  }
}

const instantOf = (seconds: number) => Instant.parse(Math.round(seconds * 1000));

function refusal(errorType: string, error: string): Failure {
  const said = `Prometheus refused the expression: ${error.slice(0, 1000)}`;
  if (errorType === "bad_data") return new Failure("argumentsInvalid", said);
  if (errorType === "timeout" || errorType === "canceled") return new Failure("timedOut", said);
  return new Failure("programFailed", said);
}
