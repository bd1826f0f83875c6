import type { Queryable } from "../queryable.ts";

/**
 * Who else is connected to this database, by the names that programs give themselves. What kind of session another role's is, an owner may
 * not see; those of PostgreSQL itself have no role.
 */
export async function otherSessions(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ who: string }>(
    `select distinct coalesce(nullif(application_name, ''), usename, 'somebody') as who from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and usesysid is not null order by 1`,
  );
  return rows.map(({ who }) => who);
}
