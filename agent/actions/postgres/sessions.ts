import type pg from "pg";
import type { z } from "zod";
import type { SessionSeen } from "../../../domain/action/postgresTarget.ts";
import { OUR_APPLICATION } from "./connect.ts";

type Session = z.infer<typeof SessionSeen>;

/** Where a query finds the sessions that are not ours: each argument is SQL, a place (`$1`) or a value. */
export const foreignSql = (ours: string, allowed: string, database: string): string =>
  [
    "from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    `and not (starts_with(application_name, ${ours}) and usename = current_user)`,
    `and not (application_name = any(${allowed}))`,
    `and (${database}::text is null or datname = ${database})`,
  ].join(" ");

/**
 * Sessions of clients that are not ours (actions, probes and health, whose names all begin alike), in one database or (no name given) in all. A session counts as ours or as allowed by its
 * application name only when it belongs to the account that we use: anyone can give a session any name.
 */
export async function foreignSessions(
  client: pg.Client,
  allowApplications: readonly string[],
  database?: string,
): Promise<readonly Session[]> {
  const { rows } = await client.query<Session>(
    `select pid, coalesce(usename, '') as "user", coalesce(datname, '') as database, application_name as application,
       coalesce(state, '') as state
     ${foreignSql("$1", "$2", "$3")}
     order by pid limit 200`,
    [OUR_APPLICATION, [...allowApplications], database ?? null],
  );
  return rows;
}
