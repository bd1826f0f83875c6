import { z } from "zod";
import { Milliseconds, ReadPathOrNone, SecretOrNone, WholeNumber } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { role } from "./roles.ts";

/** `http.check`. */
export const httpCheck = defineAction({
  name: "http.check",
  title: "Ask an address and measure it",
  about:
    "Asks an address and measures it: `warmUps` requests that don't count, then `samples` of which the median is taken. An answer that is not as expected is a result (`ok` false), not a failure: the runbook judges.",
  class: "observe",
  args: z.strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .meta(role("url"))
      .describe("The address that is asked, with GET."),
    samples: WholeNumber.pipe(z.int().min(1).max(1000)).default(1).describe("Requests that are measured."),
    warmUps: WholeNumber.pipe(z.int().min(0).max(100)).default(0).describe("Requests before them that don't count."),
    timeoutMs: Milliseconds.default(5000).describe("How long one request may take."),
    expectStatus: WholeNumber.pipe(z.int().min(100).max(599))
      .default(200)
      .describe("The status that each answer must have."),
    contains: z.string().max(1000).default("").describe("Text that the body must hold; empty: any."),
    bearerFile: ReadPathOrNone.default("").describe(
      "File on the host that holds a bearer token, one line; empty: none.",
    ),
    bearerSecret: SecretOrNone.default("").describe("Name of the sealed secret that is the bearer token; empty: none."),
  }),
  example: { url: "http://localhost:1900/health", samples: 20, warmUps: 3, contains: "ok" },
  result: z.object({
    ok: z.boolean().describe("Every sample had the status and the text."),
    status: z.int().min(0).describe("Of the last sample; 0 where there was no answer."),
    latency_ms: z.number().describe("Median of the samples that were answered."),
    latency_p95_ms: z.number(),
    samples_count: z.int().min(0),
    failed_count: z.int().min(0),
    detail: z.string(),
  }),
  tools: {},
  secrets: [],
  secretArgs: ["bearerSecret"],
  probe: { ok: "ok", value: "latency_ms" },
});
