import { readMigrations } from "./migrationFiles.ts";
import type { Queryable } from "./queryable.ts";

/** Where the schema of a database and this version's are not the same. */
export interface SchemaGap {
  /** Of ours, and not applied whole. */
  readonly missing: readonly string[];
  /** Applied, and none of ours. */
  readonly unknown: readonly string[];
}

/** Compares the migrations that a database has with those of this version. */
export async function migrationsNow(db: Queryable): Promise<SchemaGap> {
  const { rows } = await db.query<{ name: string; finished: boolean }>(
    `select migration_name as name, finished_at is not null as finished from "_prisma_migrations" where rolled_back_at is null`,
  );
  const ours = readMigrations().map(({ name }) => name);
  const applied = new Set(rows.filter(({ finished }) => finished).map(({ name }) => name));
  return {
    missing: ours.filter((name) => !applied.has(name)),
    unknown: rows.map(({ name }) => name).filter((name) => !ours.includes(name)),
  };
}
