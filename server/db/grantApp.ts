import pg from "pg";

/** Tables to which rows are added and nothing else is ever done. */
export const APPEND_ONLY_TABLES = ["run_event"] as const;

/**
 * Gives the app's role its rights on every table there is, and guards the append-only ones twice: the role can only
 * read and insert, and a trigger refuses changes by whoever has more rights (the only guard when the app connects as
 * the owner, because a single DATABASE_URL was given).
 *
 * @param client connected as the owner
 * @param appRole the role that Slackwater runs as; undefined when it is the owner itself
 */
export async function grantApp(client: pg.Client, appRole?: string): Promise<void> {
  const guarded = await existing(client, APPEND_ONLY_TABLES);
  await client.query("begin");
  if (appRole !== undefined) {
    const role = pg.escapeIdentifier(appRole);
    await client.query(`grant usage on schema public to ${role}`);
    await client.query(`grant select, insert, update, delete on all tables in schema public to ${role}`);
    await client.query(`grant usage, select on all sequences in schema public to ${role}`);
    for (const table of [...guarded, "_prisma_migrations"]) {
      const name = pg.escapeIdentifier(table);
      await client.query(`revoke all on ${name} from ${role}`);
      await client.query(`grant select ${table === "_prisma_migrations" ? "" : ", insert"} on ${name} to ${role}`);
    }
  }
  if (guarded.length > 0) await client.query(REFUSE_CHANGE);
  for (const table of guarded) {
    // Asked first, because replacing a trigger would wait for every writer of a live run.
    const { rowCount } = await client.query("select 1 from pg_trigger where tgname = $1 and tgrelid = $2::regclass", [
      "append_only",
      pg.escapeIdentifier(table),
    ]);
    if (rowCount) continue;
    await client.query(
      `create trigger append_only before update or delete or truncate on ${pg.escapeIdentifier(table)}
       for each statement execute function slackwater_refuse_change()`,
    );
  }
  await client.query("commit");
}

async function existing(client: pg.Client, names: readonly string[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ tablename: string }>(
    "select tablename from pg_tables where schemaname = 'public' and tablename = any($1)",
    [names],
  );
  return rows.map((row) => row.tablename);
}

const REFUSE_CHANGE = `
create or replace function slackwater_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$`;
