import { randomUUID } from "node:crypto";
import pg from "pg";
import { DatabaseFailure } from "./databaseFailure.ts";
import { grantApp } from "./grantApp.ts";
import type { MigrationFile } from "./migrationFiles.ts";
import { readMigrations } from "./migrationFiles.ts";

// The advisory lock of Prisma Migrate itself: a `prisma migrate deploy` elsewhere waits for us and we for it.
const MIGRATE_LOCK = 72_707_369;

export interface ApplyOptions {
  /** prisma/migrations, unless a test says otherwise. */
  readonly folder?: string;
  /** The role that Slackwater runs as, when it is not the owner itself. */
  readonly appRole?: string;
}

interface Recorded {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/**
 * Brings the database to this version's schema and gives the app's role its rights. Offline: plain SQL, in Prisma
 * Migrate's own table with its checksums, so that Prisma's tools agree about what was applied. One starter at a time
 * (others wait for the lock and find nothing to do); one transaction per migration.
 *
 * @param ownerUrl address with the role that owns the tables
 * @returns names of the migrations applied now, in order
 * @throws DatabaseFailure notReachable, databaseAhead, migrationEdited, migrationUnfinished, migrationRefused
 */
export async function applyMigrations(ownerUrl: string, options: ApplyOptions = {}): Promise<readonly string[]> {
  const files = readMigrations(options.folder);
  const client = new pg.Client({
    connectionString: ownerUrl,
    application_name: "slackwater migrate",
    connectionTimeoutMillis: 15_000,
  });
  client.on("error", () => {}); // the query in flight reports it
  try {
    await client.connect();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || String(Reflect.get(cause, "code")) : String(cause);
    throw new DatabaseFailure(
      "notReachable",
      `The database can't be used: ${why}. See that PostgreSQL runs, and that DATABASE_URL (and DATABASE_OWNER_URL) name the right host, database, account and password.`,
      { cause },
    );
  }
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATE_LOCK]);
    await client.query(MIGRATIONS_TABLE);
    const { rows } = await client.query<Recorded>(
      `select migration_name, checksum, finished_at from "_prisma_migrations" where rolled_back_at is null`,
    );
    const pending = compare(files, rows);
    for (const file of pending) await applyOne(client, file);
    await grantApp(client, options.appRole);
    return pending.map((file) => file.name);
  } finally {
    await client.end(); // which lets go of the lock too
  }
}

/** What is still to be applied; refuses a history that is not a beginning of ours. */
function compare(files: readonly MigrationFile[], recorded: readonly Recorded[]): readonly MigrationFile[] {
  const ours = new Map(files.map((file) => [file.name, file]));
  for (const row of recorded) {
    const name = row.migration_name;
    const file = ours.get(name);
    if (!file) {
      throw new DatabaseFailure(
        "databaseAhead",
        `The database is newer than this version of Slackwater: it has the migration ${name}, which this version does not know. Start the newer version, or restore the backup from before its first start.`,
      );
    }
    if (!row.finished_at) {
      throw new DatabaseFailure(
        "migrationUnfinished",
        `The migration ${name} began and did not end. Look at the database, then record it with "prisma migrate resolve", or restore the backup.`,
      );
    }
    if (row.checksum !== file.checksum) {
      throw new DatabaseFailure(
        "migrationEdited",
        `The migration ${name} was edited after it was applied to this database. Put its text back, and write a new migration instead.`,
      );
    }
  }
  const applied = new Set(recorded.map((row) => row.migration_name));
  const pending = files.filter((file) => !applied.has(file.name));
  const newest = recorded
    .map((row) => row.migration_name)
    .sort()
    .at(-1);
  const late = pending.find((file) => newest !== undefined && file.name < newest);
  if (late) {
    throw new DatabaseFailure(
      "migrationRefused",
      `The migration ${late.name} is older than ${newest}, which is applied already: it was written on another branch. Rename its folder to a later time.`,
    );
  }
  return pending;
}

async function applyOne(client: pg.Client, file: MigrationFile): Promise<void> {
  await client.query("begin");
  try {
    await client.query(file.sql);
    await client.query(
      `insert into "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), 1)`,
      [randomUUID(), file.checksum, file.name],
    );
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback").catch(() => {});
    throw new DatabaseFailure(
      "migrationRefused",
      `The database refused the migration ${file.name}: ${cause instanceof Error ? cause.message : String(cause)}. Nothing of it was kept.`,
      { cause },
    );
  }
}

/** Makes the table of applied migrations where it is missing, as Prisma makes it. */
export const MIGRATIONS_TABLE = `create table if not exists "_prisma_migrations" (
  "id" varchar(36) primary key not null,
  "checksum" varchar(64) not null,
  "finished_at" timestamptz,
  "migration_name" varchar(255) not null,
  "logs" text,
  "rolled_back_at" timestamptz,
  "started_at" timestamptz not null default now(),
  "applied_steps_count" integer not null default 0
)`;
