import { z } from "zod";
import { Milliseconds, ReadPathOrNone, SecretOrNone, WholeNumber } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { role } from "./roles.ts";

/**
 * Asks an address and measures it: `warmUps` requests that don't count, then `samples` of which the median is taken. An answer that is
 * not as expected is a result (`ok` false), not a failure: the runbook judges.
 */
export const httpCheck = defineAction({
  name: "http.check",
  title: "Ask an address and measure it",
  class: "observe",
  args: z.strictObject({
    url: z.url({ protocol: /^https?$/ }).meta(role("url")),
    samples: WholeNumber.pipe(z.int().min(1).max(1000)).default(1),
    warmUps: WholeNumber.pipe(z.int().min(0).max(100)).default(0),
    timeoutMs: Milliseconds.default(5000),
    expectStatus: WholeNumber.pipe(z.int().min(100).max(599)).default(200),
    /** Text that the body must hold; empty: any. */
    contains: z.string().max(1000).default(""),
    /** File on the host that holds a bearer token, one line; empty: none. */
    bearerFile: ReadPathOrNone.default(""),
    /** Name of the sealed secret that is the bearer token; empty: none. */
    bearerSecret: SecretOrNone.default(""),
  }),
  result: z.object({
    /** Every sample had the status and the text. */
    ok: z.boolean(),
    /** Of the last sample; 0 where there was no answer. */
    status: z.int().min(0),
    /** Median of the samples that were answered. */
    latency_ms: z.number(),
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
