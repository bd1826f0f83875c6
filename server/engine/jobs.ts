import type pg from "pg";
import { PgBoss } from "pg-boss";
import { z } from "zod";
import { RunId } from "../../domain/ids.ts";
import type { EventOf } from "../../domain/run/events.ts";
import { JOBS_SCHEMA, TIMER_QUEUE } from "./prepareJobs.ts";

/** A timer that is due. */
const TimerJob = z.object({ runId: RunId, timerId: z.string() });
export type TimerJob = z.infer<typeof TimerJob>;

/** Durable timers: set in the transaction of the event that causes them, fired by whichever process is there. */
export interface Jobs {
  setTimers(client: pg.PoolClient, runId: RunId, timers: readonly EventOf<"timerSet">[]): Promise<void>;
  /** Waits for what is being told, then ends. */
  stop(): Promise<void>;
}

/** How far behind its time a timer may be told: the poll of its queue. */
const POLL_S = 0.5;
const SUPERVISE_S = 2;

/** Starts to work off timers. `onTimer` may be called twice for one timer, after a crash; it throws to be called again. */
export async function startJobs(
  url: string,
  onTimer: (timer: TimerJob) => Promise<void>,
  log: (line: string) => void,
): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: "slackwater jobs",
    schema: JOBS_SCHEMA,
    max: 3,
    // The tables are the owner's to change (prepareJobs), and so are their indexes.
    migrate: false,
    createSchema: false,
    reindex: false,
    monitorVacuum: false,
    schedule: false,
    superviseIntervalSeconds: SUPERVISE_S,
    monitorIntervalSeconds: SUPERVISE_S,
    queueCacheIntervalSeconds: SUPERVISE_S,
  });
  boss.on("error", (error) => log(`jobs: ${error.message}`));
  await boss.start();
  await boss.work(TIMER_QUEUE, { pollingIntervalSeconds: POLL_S, batchSize: 50 }, async (jobs) => {
    for (const job of jobs) await onTimer(TimerJob.parse(job.data));
  });
  return {
    async setTimers(client, runId, timers) {
      const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
      for (const { timerId, firesAt } of timers) {
        const id = await boss.sendAfter(TIMER_QUEUE, { runId, timerId }, { db }, new Date(firesAt));
        if (id === null) throw new Error(`timer ${timerId} of run ${runId} was not taken`);
      }
    },
    async stop() {
      await boss.stop({ graceful: true, timeout: 5_000 });
    },
  };
}
