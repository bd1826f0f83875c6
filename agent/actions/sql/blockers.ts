import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { withClient } from "../postgres/connect.ts";

/** Pause between two looks (ms): a lock that is held shorter blocks nobody that a person would ask about. */
const LOOK_EVERY_MS = 250;
/** Most names that are kept. */
const MOST_NAMES = 20;

/** What locks of others did to a session so far. */
export interface Blocked {
  readonly ms: number;
  readonly by: readonly string[];
}

/**
 * Looks from a second session who blocks the first, and tells each of them in the log while it does: after our wait for the lock
 * is over, nobody could tell any more. When the task is cancelled, the first session's statement is cancelled by its pid: the
 * server would not notice that we have gone.
 */
export async function watchingBlockers<T>(
  cluster: PostgresTarget,
  pid: number,
  context: ActionContext,
  work: (blocked: () => Blocked) => Promise<T>,
): Promise<T> {
  return withClient(cluster, async (watcher) => {
    const seen = new Set<string>();
    let ms = 0;
    const over = new AbortController();
    const look = async () => {
      for (let last = performance.now(); ; await sleep(LOOK_EVERY_MS, undefined, { signal: over.signal })) {
        const blockers = await blockersOf(watcher, pid);
        const now = performance.now();
        if (blockers.length > 0) ms += now - last;
        last = now;
        for (const blocker of blockers) {
          if (seen.has(blocker) || seen.size >= MOST_NAMES) continue;
          seen.add(blocker);
          context.log(`Waiting for a lock that ${blocker} holds.`);
        }
      }
    };
    const cancel = () => {
      watcher.query("select pg_cancel_backend($1)", [pid]).catch(() => undefined);
    };
    context.signal.addEventListener("abort", cancel, { once: true });
    // It ends when the work is over. A watcher that lost its session knows no more; the work itself goes on.
    const looking = look().catch(() => undefined);
    try {
      return await work(() => ({ ms: Math.round(ms), by: [...seen] }));
    } finally {
      over.abort();
      context.signal.removeEventListener("abort", cancel);
      await looking;
    }
  });
}

/** Not what it runs: a statement can hold what nobody may see. */
async function blockersOf(client: pg.Client, pid: number): Promise<readonly string[]> {
  const { rows } = await client.query<{ pid: number; user: string; application: string; state: string }>(
    `select blocking as pid, coalesce(usename, '') as "user", coalesce(application_name, '') as application,
       coalesce(state, '') as state
     from unnest(pg_blocking_pids($1)) blocking left join pg_stat_activity a on a.pid = blocking`,
    [pid],
  );
  return rows.map(({ pid: blocking, user, application, state }) =>
    blocking === 0
      ? "a prepared transaction"
      : toSafeText(Buffer.from(`session ${blocking} of ${user} (${application || "unnamed"}, ${state})`)).slice(0, 400),
  );
}
