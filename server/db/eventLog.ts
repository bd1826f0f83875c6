import type pg from "pg";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import type { RunId } from "../../domain/ids.ts";
import { Digest } from "../../domain/ids.ts";
import type { Head } from "../../domain/run/chain.ts";
import { checkChain, EMPTY_HEAD, linkText } from "../../domain/run/chain.ts";
import type { LoggedEvent, RunEvent } from "../../domain/run/events.ts";
import { RunEvent as RunEventSchema } from "../../domain/run/events.ts";
import type { Outcome, RunStage } from "../../domain/run/stages.ts";
import { Instant } from "../../domain/time.ts";
import type { RunEffects } from "./effectStatements.ts";
import { effectStatements, hasEffects } from "./effectStatements.ts";
import type { Queryable } from "./queryable.ts";
import { inTransaction } from "./queryable.ts";
import { sha256 } from "./sha256.ts";

/** One row of `run_event`: the event as canonical JSON, and its link. */
export interface EventRow {
  readonly seq: number;
  readonly at: Instant;
  readonly type: RunEvent["type"];
  readonly payload: string;
  readonly prevHash: Digest;
  readonly hash: Digest;
}

/** Hangs events onto the end of a chain: pure computation, nothing is written. */
export function linkEvents(runId: RunId, after: Head, events: readonly RunEvent[], at: Instant): EventRow[] {
  let head = after;
  return events.map((event) => {
    const payload = canonicalJson(event);
    const link = { runId, seq: head.seq + 1, at, prevHash: head.hash };
    const row = { ...link, type: event.type, payload, hash: sha256(linkText(link, payload)) };
    head = { seq: row.seq, hash: row.hash };
    return row;
  });
}

/** What is appended, by whom, and what the writer believes to be the end of the log. */
export interface Append {
  readonly runId: RunId;
  readonly after: Head;
  /** The number of the lease under which the writer writes; a higher one on the run fences it off. */
  readonly fence: bigint;
  readonly events: readonly RunEvent[];
  readonly at: Instant;
  /** Where the run stands after these events, for lists. */
  readonly stage: RunStage;
  readonly outcome?: Outcome;
  readonly effects?: RunEffects;
  /** Durable timers, written in the same transaction: the one effect that is not a statement of ours. */
  readonly alsoInTransaction?: (client: pg.PoolClient) => Promise<void>;
}

/** The new end of the log, or `stale`: another writer was there first or holds the lease, and nothing was written. */
export type Appended = "stale" | Head;

/**
 * Appends events to a run's log and carries out what they cause in the database, all or nothing. Several events are one
 * statement and one round trip; only timers need a transaction of several. Nothing is notified here (a NOTIFY at commit takes a
 * lock of the whole database): see notify.ts. With no events, only the effects are carried out under the same guard.
 */
export async function append(pool: pg.Pool, order: Append): Promise<Appended> {
  const { alsoInTransaction } = order;
  if (!alsoInTransaction) return appendIn(pool, order);
  return inTransaction<Appended>(pool, async (client) => {
    const head = await appendIn(client, order);
    if (head === "stale") return { undo: true, value: "stale" };
    await alsoInTransaction(client);
    return { undo: false, value: head };
  });
}

/** The same for somebody who is in a transaction already. */
export async function appendIn(db: Queryable, order: Omit<Append, "alsoInTransaction">): Promise<Appended> {
  const rows = linkEvents(order.runId, order.after, order.events, order.at);
  const head = endOf(rows, order.after);
  const { rowCount } = await db.query(appendStatement(order, rows, head));
  return rowCount === 1 ? head : "stale";
}

const endOf = (rows: readonly EventRow[], after: Head): Head => {
  const last = rows.at(-1);
  return last ? { seq: last.seq, hash: last.hash } : after;
};

// Above this many events a statement is rare enough that the server's plan of it is not worth keeping.
const PREPARED_UP_TO = 8;

/** The one statement: the guarded update of the head, and everything else only where that found its row. */
function appendStatement(order: Append, rows: readonly EventRow[], head: Head): pg.QueryConfig {
  const ended = order.stage === "ended" ? order.at : null;
  const values: unknown[] = [
    order.runId,
    order.after.seq,
    order.after.hash,
    String(order.fence),
    head.seq,
    head.hash,
    order.stage,
    order.outcome ?? null,
    ended,
  ];
  const parts = [
    `head as (
      update run set head_seq = $5, head_hash = $6, stage = $7, outcome = $8,
        ended_at = case when $9::bigint is null then null else coalesce(ended_at, to_timestamp($9::bigint / 1000.0)) end
      where id = $1 and head_seq = $2 and head_hash = $3 and lease_fence = $4
      returning id)`,
  ];
  if (rows.length > 0) {
    const tuples = rows.map((row) => {
      const first = values.length;
      values.push(row.seq, row.at, row.type, row.payload, row.prevHash, row.hash);
      return `($${first + 1}::int, $${first + 2}::bigint, $${first + 3}, $${first + 4}, $${first + 5}, $${first + 6})`;
    });
    parts.push(`events as (
      insert into run_event (run_id, seq, at, type, payload, prev_hash, hash)
      select head.id, v.* from head, (values ${tuples.join(", ")}) v)`);
  }
  const effects = order.effects;
  if (effects && hasEffects(effects)) parts.push(...effectStatements(effects, values));
  const text = `with ${parts.join(", ")} select 1 from head`;
  if (rows.length > PREPARED_UP_TO) return { text, values };
  const kinds = effects ? Object.keys(effects).sort().join("+") : "";
  return { name: `append ${rows.length} ${kinds}`, text, values };
}

/**
 * A new run: its row, and `runCreated` as the first event of its log. To be given the client of the transaction that creates
 * the window. The lease is free, so that an engine takes it.
 */
export async function createRun(
  db: Queryable,
  event: Extract<RunEvent, { type: "runCreated" }>,
  at: Instant,
): Promise<Head> {
  const [row] = linkEvents(event.runId, EMPTY_HEAD, [event], at);
  if (!row) throw new TypeError("a run begins with an event");
  await db.query(
    `with run as (
       insert into run (id, window_id, kind, head_seq, head_hash, created_at)
       values ($1, $2, $3, 1, $4, to_timestamp($5::bigint / 1000.0)) returning id)
     insert into run_event (run_id, seq, at, type, payload, prev_hash, hash)
     select run.id, 1, $5, $6, $7, $8, $4 from run`,
    [event.runId, event.windowId, event.kind, row.hash, at, row.type, row.payload, row.prevHash],
  );
  return { seq: 1, hash: row.hash };
}

/** The log of a run does not hold together at an event: nothing is driven or shown from it. */
export class LogDamaged extends Error {
  override readonly name = "LogDamaged";
}

interface StoredRow {
  readonly seq: number;
  readonly at: string;
  readonly payload: string;
  readonly prev_hash: string;
  readonly hash: string;
}

/**
 * The events of a run after a place in its log, oldest first, with the chain checked from there.
 * @throws LogDamaged where an event was changed, is missing, or is none that this version knows
 */
export async function readEvents(
  db: Queryable,
  runId: RunId,
  after: Head = EMPTY_HEAD,
  limit = 100_000,
): Promise<LoggedEvent[]> {
  const { rows } = await db.query<StoredRow>({
    name: "read events",
    text: `select seq, at, payload, prev_hash, hash from run_event where run_id = $1 and seq > $2 order by seq limit $3`,
    values: [runId, after.seq, limit],
  });
  const links = rows.map((row) => ({
    seq: row.seq,
    at: Instant.parse(Number(row.at)),
    payload: row.payload,
    prevHash: row.prev_hash,
    hash: row.hash,
  }));
  const check = checkChain(runId, links, sha256, after);
  if (!check.intact) throw new LogDamaged(`the log of run ${runId} is damaged at event ${check.seq}: ${check.why}`);
  return links.map((link) => {
    const event = RunEventSchema.safeParse(JSON.parse(link.payload));
    if (!event.success) {
      throw new LogDamaged(`event ${link.seq} of run ${runId} can't be read: ${event.error.message}`);
    }
    const { seq, at } = link;
    return { seq, at, event: event.data, prevHash: Digest.parse(link.prevHash), hash: Digest.parse(link.hash) };
  });
}
