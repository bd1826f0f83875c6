import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import type { TraceContext } from "../../protocol/http/traceparent.ts";
import { readTraceparent } from "../../protocol/http/traceparent.ts";

// The routes are a second world of modules in the same process: only what hangs here do both see.
declare global {
  var slackwaterTraces: AsyncLocalStorage<TraceContext> | undefined;
}

const traces = (): AsyncLocalStorage<TraceContext> => {
  globalThis.slackwaterTraces ??= new AsyncLocalStorage();
  return globalThis.slackwaterTraces;
};

/** The part of a trace that a request is: of its caller's where that sent one, else of a new one. */
export function traceOf(header: string | undefined): TraceContext {
  const caller = header === undefined ? undefined : readTraceparent(header);
  return {
    traceId: caller?.traceId ?? randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    isSampled: caller?.isSampled ?? false,
  };
}

/** Runs what belongs to a request; whatever is logged by it, also later, has its trace. */
export function withTrace<Result>(trace: TraceContext, work: () => Result): Result {
  return traces().run(trace, work);
}

/** The trace of the request that is worked on; undefined outside of one. */
export function traceNow(): string | undefined {
  return globalThis.slackwaterTraces?.getStore()?.traceId;
}
