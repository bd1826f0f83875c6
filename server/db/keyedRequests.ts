import type pg from "pg";
import type { Queryable } from "./queryable.ts";
import { inTransaction } from "./queryable.ts";

/** An order that came with a key of its sender's: whose key, and of what. */
export interface Keyed {
  readonly userId: string;
  readonly key: string;
  /** SHA-256 of what was ordered, hexadecimal: the same key with another order is a mistake of the sender's. */
  readonly fingerprint: string;
}

/** What became of an earlier order with the key: its answer as JSON; or the key was used for another order. */
export type Earlier = { readonly answer: string } | "otherOrder";

/** How long a key counts, and is kept (hours). After that the same key is a new one. */
export const KEY_KEPT_HOURS = 24;

/** The answer to an earlier order with this key; undefined where there is none that counts. */
export async function earlierAnswer(db: Queryable, { userId, key, fingerprint }: Keyed): Promise<Earlier | undefined> {
  const { rows } = await db.query<{ answer: string; fingerprint: string }>(
    `select answer, fingerprint from keyed_request
      where user_id = $1 and key = $2 and created_at > now() - make_interval(hours => $3)`,
    [userId, key, KEY_KEPT_HOURS],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return row.fingerprint === fingerprint ? { answer: row.answer } : "otherOrder";
}

/**
 * Has an order take effect once for its key: the key, the effect and the answer are one transaction. Whoever comes with the same key
 * meanwhile, in this process or another, waits for that transaction, and then has its answer; one that failed leaves the key free.
 *
 * @param work does it with the given client, and with no other; what it answers must be JSON
 */
export async function onceForKey<Answer>(
  pool: pg.Pool,
  keyed: Keyed,
  work: (client: pg.PoolClient) => Promise<Answer>,
): Promise<{ readonly now: Answer } | { readonly earlier: Earlier }> {
  type Done = { readonly now: Answer } | { readonly earlier: Earlier };
  return inTransaction<Done>(pool, async (client) => {
    await forgetOldKeys(client);
    // Its own, if it counts no more, whoever else cleans just now.
    await client.query(
      `delete from keyed_request
        where user_id = $1 and key = $2 and created_at <= now() - make_interval(hours => $3)`,
      [keyed.userId, keyed.key, KEY_KEPT_HOURS],
    );
    const { rowCount } = await client.query(
      `insert into keyed_request (user_id, key, fingerprint, answer) values ($1, $2, $3, 'null')
       on conflict (user_id, key) do nothing`,
      [keyed.userId, keyed.key, keyed.fingerprint],
    );
    if (rowCount !== 1) {
      const earlier = await earlierAnswer(client, keyed);
      if (earlier === undefined) throw new Error("a key that is taken has an order");
      return { undo: true, value: { earlier } };
    }
    const now = await work(client);
    await client.query("update keyed_request set answer = $3 where user_id = $1 and key = $2", [
      keyed.userId,
      keyed.key,
      JSON.stringify(now),
    ]);
    return { undo: false, value: { now } };
  });
}

/** Removes the keys that count no more. */
export async function forgetOldKeys(db: Queryable): Promise<void> {
  // Skipping those that somebody else removes just now: two who clean at once must not wait for each other.
  await db.query(
    `delete from keyed_request where ctid in (
       select ctid from keyed_request where created_at <= now() - make_interval(hours => $1) for update skip locked)`,
    [KEY_KEPT_HOURS],
  );
}
