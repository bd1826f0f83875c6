import type { z } from "zod";
import { httpCheck } from "../../../domain/action/http.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";
import { percentile } from "../percentile.ts";
import { bearerHeaders } from "./bearer.ts";
import { beginningOf } from "./beginningOf.ts";
import { checkedByHand } from "./checkByHand.ts";

type Args = z.output<typeof httpCheck.args>;

/** How much of a body is looked at (bytes): a health page is small, and a huge answer must not fill the agent. */
const BODY_BYTES = 256 * 1024;

interface Sample {
  readonly ok: boolean;
  readonly status: number;
  readonly latencyMs: number;
  readonly detail: string;
}

/** `http.check`: asks one after another, so that the samples do not slow each other. */
export const httpCheckAction = observing(httpCheck, {
  plan: (args) => [
    noteOf(`GET ${args.url}, ${args.warmUps} times to warm up, then ${args.samples} times`, checkedByHand(args)),
  ],
  run: async (args, context) => {
    const headers = await bearerHeaders(args, context);
    for (let i = 0; i < args.warmUps; i += 1) await ask(args, headers, context.signal);
    const samples: Sample[] = [];
    for (let i = 0; i < args.samples; i += 1) samples.push(await ask(args, headers, context.signal));
    const answered = samples.filter(({ status }) => status !== 0).map(({ latencyMs }) => latencyMs);
    const last = samples.at(-1);
    return {
      ok: samples.every(({ ok }) => ok),
      status: last?.status ?? 0,
      latency_ms: percentile(answered, 0.5),
      latency_p95_ms: percentile(answered, 0.95),
      samples_count: samples.length,
      failed_count: samples.filter(({ ok }) => !ok).length,
      detail: samples.find(({ ok }) => !ok)?.detail ?? last?.detail ?? "",
    };
  },
});

async function ask(args: Args, headers: Record<string, string>, cancelled: AbortSignal): Promise<Sample> {
  const began = performance.now();
  try {
    const response = await fetch(args.url, {
      headers,
      redirect: "manual",
      signal: AbortSignal.any([cancelled, AbortSignal.timeout(args.timeoutMs)]),
    });
    const body = await beginningOf(response, BODY_BYTES);
    const latencyMs = performance.now() - began;
    const statusFits = response.status === args.expectStatus;
    const textFits = args.contains === "" || body.includes(args.contains);
    const detail =
      statusFits && textFits
        ? `${response.status}`
        : `${response.status}${textFits ? "" : `, without "${args.contains}"`}`;
    return { ok: statusFits && textFits, status: response.status, latencyMs, detail };
  } catch (error) {
    cancelled.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const detail = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, status: 0, latencyMs: performance.now() - began, detail: detail.slice(0, 400) };
  }
}
