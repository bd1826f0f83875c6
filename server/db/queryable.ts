import type pg from "pg";

/** A pool, or one client inside a transaction: whatever a statement can be given to. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, "query">;

/**
 * Runs `work` in one transaction on one connection; commits what it did unless it throws. What `work` answers with
 * `undo: true` is rolled back and answered all the same: losing a race is an answer, not an exception.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<{ readonly undo: boolean; readonly value: Result }>,
): Promise<Result> {
  const client = await pool.connect();
  // A connection whose transaction can't be ended is in an unknown state: it is thrown away, not given to the next.
  let broken: Error | undefined;
  try {
    await client.query("begin");
    const { undo, value } = await work(client);
    await client.query(undo ? "rollback" : "commit");
    return value;
  } catch (error) {
    await client.query("rollback").catch((cause: unknown) => {
      broken = cause instanceof Error ? cause : new Error(String(cause));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
