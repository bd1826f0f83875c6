import pg from "pg";
import { PgBoss } from "pg-boss";

/** pg-boss keeps its tables apart from ours: its migrations are its own. */
export const JOBS_SCHEMA = "pgboss";
/** Timers of runs: when one is due, the engine is told. */
export const TIMER_QUEUE = "run-timer";

/** Removes what is kept long enough (server/db/retention). */
export const RETENTION_QUEUE = "retention";

/**
 * How fast another process takes over what a killed one was doing: a job that was begun and not ended counts as lost after so
 * long. Telling the engine takes milliseconds, and a repeat is written once.
 */
const TIMER_EXPIRES_S = 4;
/** A sweep ends by itself well before (server/db/retention/sweep.ts); one that has not by then was killed. */
const SWEEP_EXPIRES_S = 3600;
const YEAR_S = 366 * 24 * 3600;

/**
 * Brings pg-boss's own tables to its version and makes the queues, as the owner; gives the app's role what it needs to work with
 * them. One starter at a time is pg-boss's own care (advisory lock).
 */
export async function prepareJobs(ownerUrl: string, appRole?: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    application_name: "slackwater jobs set-up",
    schema: JOBS_SCHEMA,
    max: 2,
    supervise: false,
    schedule: false,
  });
  // What goes wrong is thrown by the call that it happens to; an event that nobody takes would end the process.
  boss.on("error", () => {});
  await boss.start();
  try {
    const options = {
      expireInSeconds: TIMER_EXPIRES_S,
      retryLimit: 1000,
      retryDelay: 1,
      retentionSeconds: YEAR_S,
      deleteAfterSeconds: 24 * 3600,
    };
    if (await boss.getQueue(TIMER_QUEUE)) await boss.updateQueue(TIMER_QUEUE, options);
    else await boss.createQueue(TIMER_QUEUE, options);
    const sweeping = {
      expireInSeconds: SWEEP_EXPIRES_S,
      retryLimit: 3,
      retryDelay: 600,
      deleteAfterSeconds: 7 * 24 * 3600,
    };
    if (await boss.getQueue(RETENTION_QUEUE)) await boss.updateQueue(RETENTION_QUEUE, sweeping);
    // One that waits and one that is worked off, whatever the number of processes.
    else await boss.createQueue(RETENTION_QUEUE, { ...sweeping, policy: "stately" });
  } finally {
    await boss.stop({ graceful: false });
  }
  if (appRole !== undefined) await grantJobs(ownerUrl, appRole);
}

async function grantJobs(ownerUrl: string, appRole: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl, application_name: "slackwater jobs set-up" });
  await owner.connect();
  try {
    const schema = pg.escapeIdentifier(JOBS_SCHEMA);
    const role = pg.escapeIdentifier(appRole);
    await owner.query(`grant usage on schema ${schema} to ${role}`);
    await owner.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${role}`);
    await owner.query(`grant usage, select on all sequences in schema ${schema} to ${role}`);
    await owner.query(`grant execute on all functions in schema ${schema} to ${role}`);
  } finally {
    await owner.end();
  }
}
