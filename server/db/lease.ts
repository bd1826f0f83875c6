import { Digest, RunId } from "../../domain/ids.ts";
import type { Head } from "../../domain/run/chain.ts";
import type { Queryable } from "./queryable.ts";

/**
 * The lease of a run: the one process that may append to it, until when by the database's clock, and a number that grows with
 * every taking. A process that lost its lease without noticing is fenced off by the number, not by the clock.
 */
export interface Lease {
  readonly runId: RunId;
  readonly fence: bigint;
  readonly head: Head;
}

/**
 * Takes runs that nobody holds: those that have not ended, and ended ones with something to answer. Another process taking at
 * the same time gets others.
 */
export async function takeLeases(db: Queryable, owner: string, leaseMs: number, limit = 50): Promise<Lease[]> {
  const { rows } = await db.query<{ id: string; lease_fence: string; head_seq: number; head_hash: string }>({
    name: "take leases",
    text: `update run set lease_owner = $1, lease_fence = lease_fence + 1,
        leased_until = clock_timestamp() + $2 * interval '1 millisecond'
      where id in (
        select id from run r
        where (leased_until is null or leased_until < clock_timestamp())
          and (stage <> 'ended' or exists (select 1 from run_input i where i.run_id = r.id and i.answered_at is null))
        order by created_at limit $3 for update skip locked)
      returning id, lease_fence, head_seq, head_hash`,
    values: [owner, leaseMs, limit],
  });
  return rows.map((row) => ({
    runId: RunId.parse(row.id),
    fence: BigInt(row.lease_fence),
    head: { seq: row.head_seq, hash: Digest.parse(row.head_hash) },
  }));
}

/** Prolongs leases; answers the runs that are still ours. One that is missing was taken by another process. */
export async function renewLeases(
  db: Queryable,
  owner: string,
  leaseMs: number,
  held: readonly { readonly runId: RunId; readonly fence: bigint }[],
): Promise<ReadonlySet<RunId>> {
  const { rows } = await db.query<{ id: string }>({
    name: "renew leases",
    text: `update run set leased_until = clock_timestamp() + $2 * interval '1 millisecond'
      from unnest($3::uuid[], $4::bigint[]) as held(run_id, fence)
      where id = held.run_id and lease_owner = $1 and lease_fence = held.fence
      returning id`,
    values: [owner, leaseMs, held.map((lease) => lease.runId), held.map((lease) => String(lease.fence))],
  });
  return new Set(rows.map((row) => RunId.parse(row.id)));
}

/** Gives leases back at a graceful end, so that another process need not wait for them to run out. */
export async function releaseLeases(db: Queryable, owner: string, runIds: readonly RunId[]): Promise<void> {
  await db.query(`update run set leased_until = null where lease_owner = $1 and id = any($2::uuid[])`, [owner, runIds]);
}
