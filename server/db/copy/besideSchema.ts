import { randomUUID } from "node:crypto";
import pg from "pg";
import { MIGRATIONS_TABLE } from "../applyMigrations.ts";
import { DatabaseFailure } from "../databaseFailure.ts";
import type { MigrationFile } from "../migrationFiles.ts";
import { MIGRATIONS } from "./tables.ts";

/** Where tables are made while a copy is put back: nobody looks there before it is whole. */
const BESIDE = "slackwater_restoring";

/**
 * The migrations that a copy was made under, as this version has them.
 * @throws DatabaseFailure databaseAhead for a newer copy, migrationEdited for one of another history
 */
export function migrationsOf(
  copied: readonly { readonly name: string; readonly checksum: string }[],
  ours: readonly MigrationFile[],
): readonly MigrationFile[] {
  const known = new Map(ours.map((file) => [file.name, file]));
  return copied.map(({ name, checksum }) => {
    const file = known.get(name);
    if (file === undefined) {
      throw new DatabaseFailure(
        "databaseAhead",
        `The backup is of a newer Slackwater: its database has the migration ${name}, which this version does not know. Install the version that made it, or a newer one, and restore with that.`,
      );
    }
    if (file.checksum !== checksum) {
      throw new DatabaseFailure(
        "migrationEdited",
        `The backup is of another Slackwater: its migration ${name} has another text than ours. Restore with the version that made it.`,
      );
    }
    return file;
  });
}

/** Makes the schema beside and its tables; from now on names without a schema mean these. In a transaction of the caller's. */
export async function openBeside(client: pg.ClientBase): Promise<void> {
  await client.query(`create schema ${BESIDE}`);
  await client.query(`set local search_path to ${BESIDE}`);
  await client.query(MIGRATIONS_TABLE);
}

/** Carries migrations out in the schema beside. */
export async function migrateBeside(client: pg.ClientBase, files: readonly MigrationFile[]): Promise<void> {
  for (const { name, sql, checksum } of files) {
    await client.query(sql);
    await client.query(
      `insert into "${MIGRATIONS}" (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
  }
}

/**
 * Puts the schema beside in the place of the one that is used. With `keepAs` the earlier one stays under that name, else it goes. The
 * timers' tables go too: the engine tells timers that are overdue by itself, from the log.
 */
export async function switchBeside(client: pg.ClientBase, keepAs: string | undefined): Promise<void> {
  await client.query("set local search_path to public");
  const former = pg.escapeIdentifier(keepAs ?? "slackwater_emptied");
  await client.query(`alter schema public rename to ${former}`);
  await client.query(`alter schema ${BESIDE} rename to public`);
  await client.query("grant usage on schema public to public");
  if (keepAs === undefined) await client.query(`drop schema ${former} cascade`);
  await client.query("drop schema if exists pgboss cascade");
}
