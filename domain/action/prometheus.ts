import { z } from "zod";
import { Milliseconds, ReadPathOrNone, SecretOrNone } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { role } from "./roles.ts";

const count = z.int().min(0);

/**
 * How the series of an answer become one value. `single`: there must be one. `count`: how many series there are, 0 included,
 * whatever their values: what an alert's expression such as `up == 0` is asked by.
 */
export const Reduction = z.enum(["single", "max", "min", "sum", "count"]);
export type Reduction = z.infer<typeof Reduction>;

/**
 * Asks a Prometheus server for the value of an expression now. That there is none is a result (`no_data`, without a value), not
 * zero and not a failure: no series, a series that is not a number, or a sample older than allowed. An expression that depends on
 * the value is then unknown.
 */
export const prometheusQuery = defineAction({
  name: "prometheus.query",
  title: "Ask Prometheus",
  class: "observe",
  args: z.strictObject({
    /** The server's own address, without `/api`. */
    url: z.url({ protocol: /^https?$/ }).meta(role("url")),
    /** An expression of PromQL that gives a scalar or an instant vector. */
    query: z.string().min(1).max(4000),
    reduce: Reduction.default("single"),
    /** Oldest sample that counts; 0: what the server still gives (five minutes, unless its owner chose otherwise). */
    maxAgeMs: Milliseconds.default(0),
    timeoutMs: Milliseconds.default(10_000),
    /** File on the host that holds a bearer token, one line; empty: none. */
    bearerFile: ReadPathOrNone.default(""),
    /** Name of the sealed secret that is the bearer token; empty: none. */
    bearerSecret: SecretOrNone.default(""),
  }),
  result: z.object({
    /** There is a value. */
    ok: z.boolean(),
    outcome: z.enum(["value", "no_data"]),
    /** In the unit of the expression. Not there where the outcome is `no_data`. */
    value: z.number().optional(),
    /** How many series the answer had; of a scalar 0. */
    series_count: count,
    /** Time of the oldest sample behind the value; of what is computed (`rate`, `sum`, a scalar) the time of its evaluation. */
    sampled_at: z.int(),
    /** From then to the evaluation, both by the server's clock. */
    age_ms: count,
    latency_ms: z.number(),
    /** Why there is no value; and what the server warned of, such as an answer in parts. */
    detail: z.string(),
  }),
  tools: {},
  secrets: [],
  secretArgs: ["bearerSecret"],
  probe: { ok: "ok", value: "value" },
});
