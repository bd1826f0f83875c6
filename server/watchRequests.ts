import type { RequestListener } from "node:http";
import { traceparentOf } from "../protocol/http/traceparent.ts";
import { traceOf, withTrace } from "./identity/requestTrace.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

/**
 * Gives each request its place in a trace (its caller's, or a new one), counts it, and says in the log which failed: method, path without
 * its query, status, time.
 */
export function watchRequests(serve: RequestListener, metrics: Metrics, log: Log): RequestListener {
  return (request, response) => {
    const began = performance.now();
    const header = request.headers.traceparent;
    const trace = traceOf(Array.isArray(header) ? undefined : header);
    const traceparent = traceparentOf(trace);
    // Whoever works on it reads it where the caller's stood.
    request.headers.traceparent = traceparent;
    response.setHeader("traceparent", traceparent);
    const { method = "GET", url = "/" } = request;
    withTrace(trace, () => {
      response.once("close", () => {
        const tookMs = performance.now() - began;
        const { statusCode: status } = response;
        metrics.answered({ method, status, tookMs });
        if (status >= 500) log(`${method} ${url.split("?", 1)[0]} answered ${status} in ${Math.round(tookMs)} ms`);
      });
      serve(request, response);
    });
  };
}
