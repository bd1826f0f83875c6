import type pg from "pg";
import { Failure } from "../../../domain/failure.ts";
import { foreignSessions } from "../postgres/sessions.ts";
import { quotedName } from "./makeAlike.ts";

/**
 * Gives the name of one database to another, in one transaction: at every moment there is one of that name. The one that comes is as open or
 * as closed as the one that goes (the traffic may be stopped by closing it); that one keeps its contents under `keepAs`, closed to everybody.
 * Throws `writersStillActive` where somebody is in either, with nothing changed: PostgreSQL itself renames none that is in use.
 */
export async function swapDatabases(
  client: pg.Client,
  { live, next, keepAs }: { readonly live: string; readonly next: string; readonly keepAs: string },
): Promise<void> {
  for (const database of [live, next]) {
    const inside = await foreignSessions(client, [], database);
    if (inside.length === 0) continue;
    const who = inside.map(({ user, application, pid }) => `${user} (${application || pid})`).join(", ");
    throw new Failure("writersStillActive", `In ${database} there are still: ${who}. Stop the traffic first.`);
  }
  await client.query("begin");
  try {
    const { rows } = await client.query<{ open: boolean }>(
      "select datallowconn as open from pg_database where datname = $1",
      [live],
    );
    await client.query(`alter database ${quotedName(live)} rename to ${quotedName(keepAs)}`);
    await client.query(`alter database ${quotedName(next)} rename to ${quotedName(live)}`);
    await client.query(`alter database ${quotedName(live)} allow_connections ${rows[0]?.open === true}`);
    await client.query(`alter database ${quotedName(keepAs)} allow_connections false`);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    if (error instanceof Error && "code" in error && error.code === OBJECT_IN_USE)
      throw new Failure("writersStillActive", `${error.message}. Stop the traffic first.`, { cause: error });
    throw error;
  }
}

/** SQLSTATE of a database that somebody came into meanwhile. */
const OBJECT_IN_USE = "55006";
