import { z } from "zod";
import { Milliseconds, Owner, ReadPath, WholeNumber, WritePath } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { Lookups, References, SqliteTables } from "./sqliteNames.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);
const tools = { sqlite3: "sqlite3" } as const;
const label = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "a lower-case word");
/** How long a database that another program has locked is waited for. */
const busyMs = Milliseconds.default(10_000);
/** Rows by table, as the table was named. */
const RowsByTable = z.record(z.string().max(200), count);

/**
 * Copies a database while it is in use: all pages as they are in one moment, by SQLite itself. The copy is on the disk and proven
 * sound before it gets its name.
 */
export const sqliteBackup = defineAction({
  name: "sqlite.backup",
  title: "Back up a SQLite database",
  class: "change",
  args: z.strictObject({
    path: ReadPath,
    directory: WritePath,
    /** First part of the file name. */
    label,
    busyMs,
  }),
  result: z.object({
    path: z.string(),
    size_bytes: bytes,
    /** Of the database with what is still in its write-ahead log. */
    source_bytes: bytes,
    sha256: z.string(),
    tables_count: count,
    created_at: z.int(),
    duration_ms: count,
  }),
  tools,
  secrets: [],
});

/** The backups that are there, newest first, and the one of a number. None, or a number beyond the last, is a failure. */
export const sqliteBackups = defineAction({
  name: "sqlite.backups",
  title: "Choose a backup of a SQLite database",
  class: "observe",
  args: z.strictObject({
    directory: ReadPath,
    /** First part of the file names. */
    label,
    /** 1 is the newest. */
    number: WholeNumber.pipe(z.int().min(1).max(10_000)).default(1),
  }),
  result: z.object({
    /** The chosen one, with its figures. */
    path: z.string(),
    size_bytes: bytes,
    sha256: z.string(),
    age_ms: count,
    backups_count: count,
    /** File names, newest first, at most 100. */
    names: z.array(z.string()),
  }),
  tools: {},
  secrets: [],
});

/**
 * Puts a backup in the place of a database that nobody has open. The present state is kept first, beside what SQLite has not yet
 * taken into it, and proven to be kept: without that nothing is changed, which is why this is a change and destroys nothing.
 */
export const sqliteRestore = defineAction({
  name: "sqlite.restore",
  title: "Restore a SQLite database",
  class: "change",
  args: z.strictObject({
    /** The database. Where none is there, nothing is kept. */
    path: WritePath,
    /** The backup. It is left as it is. */
    from: ReadPath,
    /** SHA-256 that the backup must have, hexadecimal; empty: any. */
    sha256: z
      .string()
      .regex(/^([0-9a-f]{64})?$/, "a SHA-256 in hexadecimal, or nothing")
      .default(""),
    /** Folder for the present state, as `pre-restore-….db`. */
    keepIn: WritePath,
    /** Of a database that was not there; empty: that of its folder. One that is there keeps owner and mode. */
    owner: Owner.default(""),
    /** Tables whose rows are counted in what was restored. They must be in it. */
    tables: SqliteTables.default([]),
  }),
  result: z.object({
    path: z.string(),
    from: z.string(),
    from_sha256: z.string(),
    /** The present state as it was kept; empty: there was none. */
    kept: z.string(),
    kept_bytes: bytes,
    kept_sha256: z.string(),
    size_bytes: bytes,
    sha256: z.string(),
    owner: z.string(),
    /** Permissions in octal, such as 0640. */
    mode: z.string(),
    rows: RowsByTable,
    restored_at: z.int(),
    duration_ms: count,
  }),
  tools,
  secrets: [],
});

/**
 * Whether a database is sound: its pages, its declared foreign keys, references that nobody declared. Counts rows and reads single
 * values, all in the same moment. A damaged one is a result; a table or column that is not there is a failure.
 */
export const sqliteIntegrity = defineAction({
  name: "sqlite.integrity",
  title: "Check a SQLite database",
  class: "observe",
  args: z.strictObject({
    path: ReadPath,
    /** Tables whose rows are counted. */
    tables: SqliteTables.default([]),
    /** Orphans: rows whose column has a value that no parent has. A row without a value names no parent and is none. */
    references: References.default([]),
    values: Lookups.default([]),
    busyMs,
  }),
  result: z.object({
    /** Sound, with at least one table, without violated foreign keys and without orphans. */
    ok: z.boolean(),
    is_sound: z.boolean(),
    /** What SQLite found, the first hundred at most; with it, the figures below are not taken. */
    problems: z.array(z.string()),
    problems_count: count,
    tables_count: count,
    rows: RowsByTable,
    /** Violated foreign keys by `child -> parent`, where they are declared. */
    violations: z.record(z.string().max(500), count),
    violations_count: count,
    /** Orphans by `child.column`. */
    orphans: z.record(z.string().max(500), count),
    orphans_count: count,
    /** Values by label. One whose row is not there, or has none, is left out. */
    values: z.record(z.string().max(63), z.string().max(4000)),
    size_bytes: bytes,
    checked_at: z.int(),
    duration_ms: count,
  }),
  tools,
  secrets: [],
});
