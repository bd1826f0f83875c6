import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { z } from "zod";
import { postgresReady } from "../../../domain/action/postgres.ts";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import { Failure } from "../../../domain/failure.ts";
import { observing } from "../observing.ts";
import { withClient } from "./connect.ts";

/** Pause between two attempts (ms). */
const PAUSE_MS = 250;
/** An attempt gets this long at least (ms). */
const SHORTEST_MS = 1000;

/**
 * What an attempt says within its time. One that takes longer is not broken off: the server would write of a client that was lost, and
 * a log-in that is given up has cost a busy server as much as one that is not. It ends by itself.
 */
async function inTime<T>(attempt: Promise<T>, withinMs: number, signal: AbortSignal): Promise<T> {
  attempt.catch(() => {});
  const over = new AbortController();
  const late = sleep(withinMs, undefined, { signal: AbortSignal.any([signal, over.signal]) }).then(() => {
    throw new Failure("databaseUnreachable", `PostgreSQL has not answered within ${(withinMs / 1000).toFixed(1)} s.`);
  });
  try {
    return await Promise.race([attempt, late]);
  } finally {
    late.catch(() => {});
    over.abort();
  }
}

/** Asks until the server answers a query or `waitMs` have passed. Not answering is a result, not a failure. */
export async function waitUntilReady(
  cluster: PostgresTarget,
  waitMs: number,
  signal: AbortSignal,
): Promise<z.output<typeof postgresReady.result>> {
  const until = performance.now() + waitMs;
  for (;;) {
    signal.throwIfAborted();
    const began = performance.now();
    try {
      const ask = async (client: Client) => {
        const { rows } = await client.query<{ directory: string }>(
          "select current_setting('data_directory') as directory",
        );
        return rows[0]?.directory ?? "";
      };
      const withinMs = Math.max(SHORTEST_MS, until - began);
      const directory = await inTime(withClient(cluster, ask), withinMs, signal);
      return { is_ready: true, latency_ms: performance.now() - began, data_directory: directory, detail: "" };
    } catch (error) {
      if (performance.now() + PAUSE_MS > until) {
        const detail = error instanceof Error ? error.message : String(error);
        return {
          is_ready: false,
          latency_ms: performance.now() - began,
          data_directory: "",
          detail: detail.slice(0, 400),
        };
      }
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

/** `postgres.ready`. */
export const postgresReadyAction = observing(postgresReady, {
  plan: ({ cluster, waitMs }) => [
    { kind: "note", text: `connect to port ${cluster.port} until it answers, ${waitMs} ms at most` },
  ],
  run: ({ cluster, waitMs }, { signal }) => waitUntilReady(cluster, waitMs, signal),
});
