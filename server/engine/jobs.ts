import type pg from "pg";
import { PgBoss } from "pg-boss";
import { z } from "zod";
import { RunId } from "../../domain/ids.ts";
import type { EventOf } from "../../domain/run/events.ts";
import { JOBS_SCHEMA, RETENTION_QUEUE, TIMER_QUEUE } from "./prepareJobs.ts";

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
/** What is kept long enough is removed once a day; the first time some minutes after a start, which has other things to do. */
const SWEEP_EVERY_MS = 24 * 3_600_000;
const SWEEP_FIRST_MS = 10 * 60_000;
const SWEEP_POLL_S = 30;

/** The work of jobs. Each may be called twice for one job, after a crash, and throws to be called again. */
export interface JobWork {
  onTimer(timer: TimerJob): Promise<void>;
  /** Removes what is kept long enough. Absent: this process leaves that to others. `firstMs`, `pollS`: for tests. */
  readonly sweeping?: { sweep(): Promise<void>; readonly firstMs?: number; readonly pollS?: number };
}

/** Starts to work off jobs. */
export async function startJobs(url: string, work: JobWork, log: (line: string) => void): Promise<Jobs> {
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
    for (const job of jobs) await work.onTimer(TimerJob.parse(job.data));
  });
  const { sweeping } = work;
  if (sweeping !== undefined) await sweepDaily(boss, sweeping);
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

async function sweepDaily(
  boss: PgBoss,
  { sweep, firstMs = SWEEP_FIRST_MS, pollS = SWEEP_POLL_S }: NonNullable<JobWork["sweeping"]>,
) {
  // Nothing is sent where one waits already.
  const sendNext = (afterMs: number) => boss.send(RETENTION_QUEUE, {}, { startAfter: new Date(Date.now() + afterMs) });
  await sendNext(firstMs);
  await boss.work(RETENTION_QUEUE, { pollingIntervalSeconds: pollS }, async () => {
    // The next one first: a sweep that fails or is killed is only late.
    await sendNext(SWEEP_EVERY_MS);
    await sweep();
  });
}
