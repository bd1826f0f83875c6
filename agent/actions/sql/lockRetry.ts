import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { sqlStateOf } from "../postgres/oneStatement.ts";
import type { Blocked } from "./blockers.ts";

/** SQLSTATEs after which the same may go well: lock not available, deadlock, a conflict of two transactions. */
const TRY_AGAIN: Readonly<Record<string, string>> = {
  "55P03": "a lock was not free in time",
  "40P01": "two transactions waited for each other",
  "40001": "another transaction changed the same rows",
};

/** Pause before the next try (ms): who waited behind us goes first. */
const PAUSE_MS = 500;

/** How a transaction is tried. */
export interface Trying {
  readonly lockWaitMs: number;
  readonly lockTries: number;
  /** Longest that it may run (ms). */
  readonly timeoutMs: number;
}

/**
 * Carries out `work` in a transaction of its own that waits for no lock longer than said; tries again after a lock, a deadlock or
 * a conflict. `retried` hears of each time. Throws `timedOut` when all tries are over (naming who blocks) or it ran too long, and
 * `cancelled` when somebody cancelled it in the database. Nothing of a failed try stays.
 */
export async function inTransaction<T>(
  client: pg.Client,
  how: Trying,
  context: ActionContext,
  told: { readonly blocked: () => Blocked; readonly retried: () => void },
  work: () => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    context.signal.throwIfAborted();
    try {
      await client.query("begin");
      await client.query(`set local lock_timeout = ${how.lockWaitMs}`);
      await client.query(`set local statement_timeout = ${how.timeoutMs}`);
      const done = await work();
      await client.query("commit");
      return done;
    } catch (error) {
      await client.query("rollback").catch(() => undefined);
      // Cancelled by us: the reason is better than what PostgreSQL says of it.
      context.signal.throwIfAborted();
      const because = TRY_AGAIN[sqlStateOf(error) ?? ""];
      if (because === undefined) throw ended(error, how);
      const by = told.blocked().by.at(-1);
      if (tried >= how.lockTries) {
        const holder = by === undefined ? "" : ` Last seen to hold it: ${by}.`;
        throw new Failure("timedOut", `It was tried ${tried} times: ${because}.${holder}`, { cause: error });
      }
      told.retried();
      context.log(`Try ${tried} of ${how.lockTries}: ${because}. Nothing of it stays; it is tried again.`);
      // Cut short by a cancel, whose reason the next turn throws.
      await sleep(PAUSE_MS, undefined, { signal: context.signal }).catch(() => undefined);
    }
  }
}

/** 57014 is said for both: a person's wish and a time that is over. `lc_messages` is C in our sessions. */
function ended(error: unknown, { timeoutMs }: Trying): unknown {
  if (sqlStateOf(error) !== "57014" || !(error instanceof Error)) return error;
  return /statement timeout/.test(error.message)
    ? new Failure("timedOut", `It ran longer than ${timeoutMs} ms and was ended. Nothing of it stays.`, {
        cause: error,
      })
    : new Failure("cancelled", "It was cancelled in the database. What was committed before stays.", { cause: error });
}
