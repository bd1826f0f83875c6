import { readFile } from "node:fs/promises";
import type { Client } from "pg";
import type { Figures } from "../../domain/throttle/figures.ts";
import type { HealthSample, HealthTarget } from "../../protocol/agent.ts";
import type { AllowedDatabase } from "../config.ts";

export type PostgresHealth = NonNullable<HealthSample["postgres"]>;

/** What weighs on a database beside its latency; a figure that its account may not see is absent. */
export type DatabaseStrain = Pick<Figures, "activeSessions" | "lockWaitMs" | "replicationLagMs">;

/**
 * One row: sessions that execute something now; the longest wait for a lock, counted from the beginning of the statement that waits, ms;
 * the longest replay lag of a standby, ms. Our own sessions and pg_dump's don't count, nor do waits for them: a backup that rests because
 * somebody waits for it would make him wait for ever.
 */
const STRAIN = `
  with ours as (
    select pid from pg_stat_activity where application_name = 'pg_dump' or application_name like 'slackwater%'
  )
  select
    (select count(*) from pg_stat_activity
      where state = 'active' and backend_type = 'client backend' and pid not in (select pid from ours))::int as active,
    (select (max(extract(epoch from clock_timestamp() - query_start)) * 1000)::float8 from pg_stat_activity
      where wait_event_type = 'Lock' and not pg_blocking_pids(pid) && array(select pid from ours)) as lock_wait,
    (select (max(extract(epoch from replay_lag)) * 1000)::float8 from pg_stat_replication) as lag`;

/** Watches one PostgreSQL over one kept connection: a second one each second would itself be load, and hide a full pool. */
export interface PostgresWatch {
  /** One look. Never rejects; takes two seconds at most once we are logged in, and on a starved host up to twenty before. */
  look(): Promise<PostgresHealth>;
  /** What weighs on it; undefined while it is paused or does not answer. Never rejects. */
  strain(): Promise<DatabaseStrain | undefined>;
  /** Closes our connection, so that a smart stop does not wait for it. Resolves when the server has seen it go. */
  pause(): Promise<void>;
  /** Looks again from now on. */
  resume(): void;
  /** For good. */
  close(): Promise<void>;
}

const PATIENCE_MS = 2000;
/** A log-in that is given up has cost a busy server as much as one that is not, and stands in its log as a client that was lost. */
const LOG_IN_WITHIN_MS = 20_000;

/** `allowed` is the entry of agent.yaml that the target was held against. The library is loaded when it is first needed. */
export function watchPostgres(target: HealthTarget, allowed: AllowedDatabase): PostgresWatch {
  let client: Client | undefined;
  let isPaused = false;
  // A look and a pause never overlap: the pause must not return while a look is about to open a connection.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };

  async function connected(): Promise<Client> {
    if (client !== undefined) return client;
    const { Client: PgClient } = await import("pg");
    const fresh = new PgClient({
      host: target.host,
      port: target.port,
      database: target.database,
      user: target.user,
      ...(await passwordOf(allowed)),
      application_name: "slackwater-agent health",
      connectionTimeoutMillis: LOG_IN_WITHIN_MS,
      query_timeout: PATIENCE_MS,
    });
    // Without a listener the library throws what the server says when it goes away into the whole process.
    fresh.on("error", () => {
      if (client === fresh) client = undefined;
    });
    await fresh.connect();
    client = fresh;
    return fresh;
  }

  async function disconnect(): Promise<void> {
    const open = client;
    client = undefined;
    await open?.end().catch(() => {});
  }

  async function look(): Promise<PostgresHealth> {
    if (isPaused) return { state: "paused" };
    try {
      const open = await connected();
      const before = performance.now();
      await open.query("select 1");
      return { state: "up", latencyMs: performance.now() - before };
    } catch (error) {
      await disconnect();
      return { state: "down", error: (error instanceof Error ? error.message : String(error)).slice(0, 400) };
    }
  }

  async function strain(): Promise<DatabaseStrain | undefined> {
    // Only over a connection that a look has opened: a log-in can take long, and the look says that it does.
    if (isPaused || client === undefined) return undefined;
    try {
      const { rows } = await client.query<{ active: number; lock_wait: number | null; lag: number | null }>(STRAIN);
      const [row] = rows;
      if (row === undefined) return undefined;
      return {
        activeSessions: row.active,
        ...(row.lock_wait === null ? {} : { lockWaitMs: Math.max(0, row.lock_wait) }),
        ...(row.lag === null ? {} : { replicationLagMs: Math.max(0, row.lag) }),
      };
    } catch {
      // The next look finds out what is wrong with it.
      return undefined;
    }
  }

  // One that hangs is waited for and not asked again: the looks of an hour would all come at once when it answers.
  let looking: Promise<PostgresHealth> | undefined;
  return {
    look() {
      looking ??= inTurn(look).finally(() => {
        looking = undefined;
      });
      return looking;
    },
    strain: () => inTurn(strain),
    pause: () => {
      isPaused = true;
      return inTurn(disconnect);
    },
    resume: () => {
      isPaused = false;
    },
    close: () => inTurn(disconnect),
  };
}

async function passwordOf(allowed: AllowedDatabase): Promise<{ password?: string }> {
  if (allowed.passwordFile === undefined) return {};
  const [line = ""] = (await readFile(allowed.passwordFile, "utf8")).split("\n");
  return { password: line };
}
