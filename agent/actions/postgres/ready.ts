import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { z } from "zod";
import { postgresReady } from "../../../domain/action/postgres.ts";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE, UNTIL_PRINTS } from "../../byHand/prelude.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";
import { CONNECT_WITHIN_MS, withClient } from "./connect.ts";
import { asked } from "./sqlByHand.ts";

/** Pause between two attempts (ms). */
const PAUSE_MS = 250;
/** An attempt gets this long at least (ms). */
const SHORTEST_MS = 1000;

/**
 * Asks until the server answers a query or `waitMs` have passed. Not answering is a result, not a failure. A log-in that takes longer
 * is waited for all the same, and what comes of it counts as late: given up, it would have cost a busy server as much, and stand in its
 * log as a client that was lost; and whoever pauses us for a planned stop must find no session of ours afterwards.
 */
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
      const directory = await withClient(cluster, ask, cluster.database, Math.max(CONNECT_WITHIN_MS, withinMs));
      const tookMs = performance.now() - began;
      const isLate = tookMs > withinMs;
      return {
        is_ready: !isLate,
        latency_ms: tookMs,
        data_directory: directory,
        detail: isLate ? `it answered after ${seconds(tookMs)}, not within ${seconds(withinMs)}` : "",
      };
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

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** `postgres.ready`. */
export const postgresReadyAction = observing(postgresReady, {
  plan: ({ cluster, waitMs }) => [
    noteOf(`connect to port ${cluster.port} until it answers, ${waitMs} ms at most`, [
      bash`${UNTIL_PRINTS} ${Math.ceil(waitMs / 1000)} 1 ${asked(cluster, "select 1")} || ${REFUSE} 'It does not answer.'`,
    ]),
  ],
  run: ({ cluster, waitMs }, { signal }) => waitUntilReady(cluster, waitMs, signal),
});
