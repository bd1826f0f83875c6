import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseFailure } from "./databaseFailure.ts";

/** One migration as it lies in prisma/migrations. */
export interface MigrationFile {
  /** Folder name: a 14-digit UTC time and a word, so that the order of names is the order in time. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text in hex, as Prisma records it. */
  readonly checksum: string;
}

/** The folder of migrations that belong to this version of Slackwater. */
export const MIGRATIONS_FOLDER = path.join(import.meta.dirname, "..", "..", "prisma", "migrations");

/**
 * Reads every migration in order.
 * @throws DatabaseFailure migrationsUnreadable, when there is no such folder or one in it has no migration.sql
 */
export function readMigrations(folder: string = MIGRATIONS_FOLDER): readonly MigrationFile[] {
  let names: readonly string[];
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    names = entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (cause) {
    throw new DatabaseFailure("migrationsUnreadable", `${folder} can't be read: the checkout is not whole.`, { cause });
  }
  return names.map((name) => {
    const file = path.join(folder, name, "migration.sql");
    try {
      const sql = readFileSync(file, "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    } catch (cause) {
      throw new DatabaseFailure("migrationsUnreadable", `${file} can't be read: the checkout is not whole.`, { cause });
    }
  });
}
