import type pg from "pg";
import { Failure } from "../../../domain/failure.ts";
import { foreignSessions } from "../postgres/sessions.ts";
import { quotedDatabase } from "./makeAlike.ts";

/**
 * Gives the name of one database to another, in one transaction: at every moment there is one of that name, and the one that had it keeps its
 * contents under `keepAs`, closed to everybody. Throws `writersStillActive` where somebody is in it, with nothing changed.
 */
export async function swapDatabases(
  client: pg.Client,
  { live, next, keepAs }: { readonly live: string; readonly next: string; readonly keepAs: string },
): Promise<void> {
  await client.query(`alter database ${quotedDatabase(live)} allow_connections false`);
  try {
    for (const database of [live, next]) {
      const inside = await foreignSessions(client, [], database);
      if (inside.length === 0) continue;
      const who = inside.map(({ user, application, pid }) => `${user} (${application || pid})`).join(", ");
      throw new Failure("writersStillActive", `In ${database} there are still: ${who}. Stop the traffic first.`);
    }
    await client.query("begin");
    await client.query(`alter database ${quotedDatabase(live)} rename to ${quotedDatabase(keepAs)}`);
    await client.query(`alter database ${quotedDatabase(next)} rename to ${quotedDatabase(live)}`);
    await client.query("commit");
    await client.query(`alter database ${quotedDatabase(live)} allow_connections true`);
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    await client.query(`alter database ${quotedDatabase(live)} allow_connections true`).catch(() => undefined);
    throw error;
  }
}
