import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Instant } from "../../../domain/time.ts";

/** How long what decides nothing any more is kept, in ms; Infinity: for ever. Events of a run are always kept. */
export interface Kept {
  /** What probes read, after the end of the run that asked for it; and the health of hosts that are not heard any more. */
  readonly readingsMs: number;
  /** What programs wrote, after the end of their run. */
  readonly outputMs: number;
  /** Sessions, challenges and enrolment tokens after they ran out, and counted sign-in attempts. They hold addresses of people. */
  readonly signInsMs: number;
  /** What a host did that nobody may overlook. */
  readonly incidentsMs: number;
}

/** How many rows of each kind were removed. `isWhole`: nothing is left for the next time. */
export interface Swept {
  readonly readings: number;
  readonly output: number;
  readonly signIns: number;
  readonly incidents: number;
  readonly isWhole: boolean;
}

/** Rows that one statement removes: some milliseconds, and no lock that anybody waits for. */
const BATCH = 1_000;
/** Between two statements, so that a run that goes on meanwhile has the disk for itself most of the time. */
const PAUSE_MS = 20;
/** A sweep ends after so long, and the next one goes on. */
const LONGEST_MS = 30 * 60_000;
const RUNS_AT_ONCE = 200;

/**
 * Removes what is kept long enough, in small steps that wait for nobody. Of a run that has not ended nothing is ever removed, and of any
 * run neither its events nor what people ordered, what was reported once, or what users were told.
 */
export async function sweep(pool: pg.Pool, kept: Kept, now: Instant, pauseMs = PAUSE_MS): Promise<Swept> {
  const until = performance.now() + LONGEST_MS;
  const isTime = (): boolean => performance.now() < until;
  const cut = (keptMs: number): Date | undefined => (Number.isFinite(keptMs) ? new Date(now - keptMs) : undefined);

  /** Repeats a statement that removes one batch, until it finds no more. */
  const drain = async (text: string, values: readonly unknown[]): Promise<number> => {
    for (let removed = 0; ; ) {
      const { rowCount } = await pool.query(text, [...values]);
      removed += rowCount ?? 0;
      if ((rowCount ?? 0) < BATCH || !isTime()) return removed;
      await sleep(pauseMs);
    }
  };
  const drainRuns = async (before: Date | undefined, text: string): Promise<number> => {
    if (before === undefined) return 0;
    let removed = 0;
    for await (const runId of endedRuns(pool, before)) {
      if (!isTime()) break;
      removed += await drain(text, [runId]);
    }
    return removed;
  };
  const drainAll = async (before: Date | undefined, texts: readonly string[]): Promise<number> => {
    if (before === undefined) return 0;
    let removed = 0;
    for (const text of texts) if (isTime()) removed += await drain(text, [before]);
    return removed;
  };

  const readings = (await drainRuns(cut(kept.readingsMs), READINGS)) + (await drainAll(cut(kept.readingsMs), [HEALTH]));
  const output = await drainRuns(cut(kept.outputMs), OUTPUT);
  const signIns = await drainAll(cut(kept.signInsMs), SIGN_INS);
  const incidents = await drainAll(cut(kept.incidentsMs), INCIDENTS);
  return { readings, output, signIns, incidents, isWhole: isTime() };
}

/** For the server's log. */
export function sweptWords({ readings, output, signIns, incidents, isWhole }: Swept): string {
  const removed = `${readings} readings, ${output} pieces of output, ${signIns} sign-ins, ${incidents} incidents of hosts`;
  return `retention: removed ${removed}${isWhole ? "" : "; there is more for the next time"}`;
}

async function* endedRuns(pool: pg.Pool, before: Date): AsyncGenerator<string> {
  for (let last = "00000000-0000-0000-0000-000000000000"; ; ) {
    const { rows } = await pool.query<{ id: string }>(
      "select id from run where stage = 'ended' and ended_at < $1 and id > $2 order by id limit $3",
      [before, last, RUNS_AT_ONCE],
    );
    for (const { id } of rows) yield id;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.id;
  }
}

// What carries a key happened once, and the key keeps a late repeat of it away; measurements carry none.
const READINGS = `delete from run_input where id in (
  select id from run_input where run_id = $1 and answered_at is not null and kind = 'report' and dedupe_key is null
  limit ${BATCH} for update skip locked)`;

const OUTPUT = `delete from output_piece where (task_id, "offset") in (
  select p.task_id, p."offset" from output_piece p join task t on t.task_id = p.task_id
  where t.run_id = $1 limit ${BATCH} for update of p skip locked)`;

const inBatches = (table: string, key: string, where: string): string =>
  `delete from ${table} where ${key} in (select ${key} from ${table} where ${where} limit ${BATCH} for update skip locked)`;

const SIGN_INS = [
  inBatches("session", "id", "expires_at < $1"),
  inBatches("verification", "id", "expires_at < $1"),
  inBatches("challenge", "id", "expires_at < $1"),
  inBatches("enrolment_token", "id", "expires_at < $1"),
  inBatches("rate_limit", "id", "last_request < extract(epoch from $1::timestamptz) * 1000"),
];

const INCIDENTS = [inBatches("host_incident", "id", "at < $1")];

const HEALTH = `delete from health_sample where (host_id, at) in (
  select host_id, at from health_sample where at < extract(epoch from $1::timestamptz) * 1000
  limit ${BATCH} for update skip locked)`;
