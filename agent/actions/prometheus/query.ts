import type { z } from "zod";
import { prometheusQuery } from "../../../domain/action/prometheus.ts";
import { Failure } from "../../../domain/failure.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import type { Instant } from "../../../domain/time.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { bearerHeaders } from "../http/bearer.ts";
import { beginningOf } from "../http/beginningOf.ts";
import { observing } from "../observing.ts";
import type { Answer } from "./answer.ts";
import { parseAnswer } from "./answer.ts";
import { reduceAnswer } from "./reduce.ts";

type Args = z.output<typeof prometheusQuery.args>;
type Result = z.output<typeof prometheusQuery.result>;

/** Most of an answer that is read (bytes): some ten thousand series. */
const BODY_BYTES = 4 * 2 ** 20;

/** `prometheus.query`: the expression, and then the times of its samples at the same moment. */
export const prometheusQueryAction = observing(prometheusQuery, {
  plan: ({ url, query, reduce }) => [
    { kind: "note", text: `GET ${addressOf(url, query, undefined)}, as one value by ${reduce}` },
    { kind: "note", text: `GET ${addressOf(url, samplesOf(query), undefined)}, for the age of its samples` },
  ],
  run: ask,
});

/** A line of its own for what closes it: an expression may end in a comment. */
const samplesOf = (query: string) => `timestamp(\n${query}\n)`;

function addressOf(url: string, query: string, at: Instant | undefined): string {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/+$/, "")}/api/v1/query`;
  address.search = "";
  address.searchParams.set("query", query);
  if (at !== undefined) address.searchParams.set("time", (at / 1000).toFixed(3));
  return address.href;
}

async function ask(args: Args, context: ActionContext): Promise<Result> {
  const began = performance.now();
  const answer = await get(args, args.query, undefined, context);
  const latencyMs = performance.now() - began;
  const reduced = reduceAnswer(answer, args.reduce);
  const at = answer.at ?? context.now();
  const sampledAt = await oldestSample(args, answer, context);
  const ageMs = Math.max(0, at - sampledAt);
  const isTooOld = args.maxAgeMs > 0 && ageMs > args.maxAgeMs;
  const because = reduced.outcome === "no_data" ? reduced.because : isTooOld ? tooOld(ageMs, args.maxAgeMs) : "";
  const about = {
    series_count: answer.kind === "scalar" ? 0 : answer.values.length,
    sampled_at: sampledAt,
    age_ms: ageMs,
    latency_ms: latencyMs,
    detail: [because, ...answer.warnings]
      .filter((text) => text !== "")
      .map(shown)
      .join("; ")
      .slice(0, 400),
  };
  return reduced.outcome === "no_data" || isTooOld
    ? { ok: false, outcome: "no_data", ...about }
    : { ok: true, outcome: "value", value: reduced.value, ...about };
}

const shown = (text: string) => toSafeText(Buffer.from(text));
const tooOld = (ageMs: number, maxAgeMs: number) =>
  `the sample is ${(ageMs / 1000).toFixed(1)} s old, and at most ${(maxAgeMs / 1000).toFixed(1)} s are allowed`;

/**
 * When the oldest sample of a vector was scraped: its own time stands in no answer, which has the time of its evaluation instead,
 * and a series that is no longer scraped would look like a fresh one for five minutes.
 */
async function oldestSample(args: Args, answer: Answer, context: ActionContext): Promise<number> {
  const { kind, at, values } = answer;
  if (kind === "scalar" || at === undefined || values.length === 0) return at ?? context.now();
  const times = (await get(args, samplesOf(args.query), at, context)).values.map(Number).filter(Number.isFinite);
  return times.reduce((oldest, seconds) => Math.min(oldest, Math.round(seconds * 1000)), Number(at));
}

async function get(args: Args, query: string, at: Instant | undefined, context: ActionContext): Promise<Answer> {
  const headers = await bearerHeaders(args, context);
  const { response, body } = await fetchBody(args, addressOf(args.url, query, at), headers, context.signal);
  if (response.status === 401 || response.status === 403)
    throw new Failure("notPermitted", `Prometheus at ${args.url} wants another token: it answered ${response.status}.`);
  // Elsewhere nobody allowed us to ask.
  if (response.status >= 300 && response.status < 400)
    throw new Failure("outputUnreadable", `${args.url} leads elsewhere (${response.status}). Name the server itself.`);
  return parseAnswer(body);
}

async function fetchBody(
  { url, timeoutMs }: Args,
  address: string,
  headers: Record<string, string>,
  cancelled: AbortSignal,
): Promise<{ response: Response; body: string }> {
  try {
    const signal = AbortSignal.any([cancelled, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(address, { headers, redirect: "manual", signal });
    return { response, body: await beginningOf(response, BODY_BYTES) };
  } catch (error) {
    cancelled.throwIfAborted();
    const isLate = error instanceof Error && error.name === "TimeoutError";
    if (isLate) throw new Failure("timedOut", `Prometheus at ${url} did not answer within ${timeoutMs} ms.`);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("programFailed", `Prometheus at ${url} can't be reached: ${why}`, { cause: error });
  }
}
