import type pg from "pg";
import type { SessionSeen } from "../../../domain/action/postgresTarget.ts";
import { OUR_APPLICATION } from "../postgres/connect.ts";

/** The name that sessions of batches have in pg_stat_activity, by which `sql.cancel` finds them. It begins as all of ours do. */
export const batchApplication = (label: string) => `${OUR_APPLICATION}/batch${label === "" ? "" : `:${label}`}`;

/**
 * Gives this session the name of a batch, and makes the server look every second whether we are still there (from version 14 on):
 * else the batch of an agent that was killed would run to its end.
 */
export async function becomeBatch(client: pg.Client, label: string): Promise<number> {
  const { rows } = await client.query<{ pid: number }>(
    `select pg_backend_pid() as pid, set_config('application_name', $1, false),
       case when current_setting('server_version_num')::int >= 140000
         then set_config('client_connection_check_interval', '1000', false) end`,
    [batchApplication(label)],
  );
  return rows[0]?.pid ?? 0;
}

/**
 * Sessions of batches in this database, of one label or (empty) of all. Only of the account that we use: anyone can give a
 * session any name.
 */
export async function batchSessions(client: pg.Client, label: string): Promise<readonly SessionSeen[]> {
  const { rows } = await client.query<SessionSeen>(
    `select pid, coalesce(usename, '') as "user", coalesce(datname, '') as database, application_name as application,
       coalesce(state, '') as state
     from pg_stat_activity
     where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
       and (application_name = $1 or ($2 and starts_with(application_name, $1 || ':')))
     order by pid`,
    [batchApplication(label), label === ""],
  );
  return rows;
}
