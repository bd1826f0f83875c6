import { z } from "zod";
import { Milliseconds, ReadPathOrNone, SecretOrNone } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { role } from "./roles.ts";

const count = z.int().min(0);

/** How the series of an answer become one value. */
export const Reduction = z
  .enum(["single", "max", "min", "sum", "count"])
  .describe(
    "How the series of an answer become one value. single: there must be one, several are a failure. count: how many series there are, 0 included, whatever their values, which is what an alert's expression such as `up == 0` is asked by.",
  );
export type Reduction = z.infer<typeof Reduction>;

/** `prometheus.query`. */
export const prometheusQuery = defineAction({
  name: "prometheus.query",
  title: "Ask Prometheus",
  about:
    "Asks a Prometheus server for the value of an expression now. That there is none is a result (`no_data`, without a value), not zero and not a failure: no series, a series that is not a number, or a sample older than allowed. An expression of the runbook that depends on the value is then unknown. An expression that is wrong or gives no numbers (a range, a text, a histogram) is a failure, and so is a server that leads elsewhere: no redirect is followed.",
  class: "observe",
  args: z.strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .meta(role("url"))
      .describe("The server's own address, without `/api`."),
    query: z.string().min(1).max(4000).describe("An expression of PromQL that gives a scalar or an instant vector."),
    reduce: Reduction.default("single"),
    maxAgeMs: Milliseconds.default(0).describe(
      "Oldest sample that counts; 0: what the server still gives (five minutes, unless its owner chose otherwise).",
    ),
    timeoutMs: Milliseconds.default(10_000).describe("How long each of the two requests may take."),
    bearerFile: ReadPathOrNone.default("").describe(
      "File on the host that holds a bearer token, one line; empty: none.",
    ),
    bearerSecret: SecretOrNone.default("").describe("Name of the sealed secret that is the bearer token; empty: none."),
  }),
  example: {
    url: "http://localhost:9090",
    query: 'sum(rate(http_requests_total{job="app",code=~"5.."}[5m]))',
    maxAgeMs: 120_000,
  },
  result: z.object({
    ok: z.boolean().describe("There is a value."),
    outcome: z.enum(["value", "no_data"]),
    value: z.number().optional().describe("In the unit of the expression. Not there where the outcome is `no_data`."),
    series_count: count.describe("How many series the answer had; of a scalar 0."),
    sampled_at: z
      .int()
      .describe(
        "Time of the oldest sample behind the value; of what is computed (`rate`, `sum`, a scalar) the time of its evaluation.",
      ),
    age_ms: count.describe("From then to the evaluation, both by the server's clock."),
    latency_ms: z.number().describe("How long the server took to answer the expression."),
    detail: z.string().describe("Why there is no value; and what the server warned of, such as an answer in parts."),
  }),
  tools: {},
  secrets: [],
  secretArgs: ["bearerSecret"],
  probe: { ok: "ok", value: "value" },
});
