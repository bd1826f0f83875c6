import { z } from "zod";
import { Milliseconds, Owner, ReadPath, WholeNumber, WritePath } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { Lookups, References, SqliteTables } from "./sqliteNames.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);
const tools = { sqlite3: "sqlite3" } as const;
const label = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "a lower-case word");
const busyMs = Milliseconds.default(10_000).describe(
  "How long a database that another program has locked is waited for.",
);
const RowsByTable = z.record(z.string().max(200), count).describe("Rows by table, as the table was named.");

/** `sqlite.backup`. */
export const sqliteBackup = defineAction({
  name: "sqlite.backup",
  title: "Back up a SQLite database",
  about:
    "Copies a database while it is in use: all pages as they are in one moment, by SQLite itself. The copy is on the disk and proven sound before it gets its name, which is made of the label and the time; a copy that is not sound is removed, and the action fails. A file that has this name already is left alone, and so are older backups.",
  class: "change",
  args: z.strictObject({
    path: ReadPath.describe("The database that is copied."),
    directory: WritePath.describe("Folder that the copy is put into; made where it is missing."),
    label: label.describe("First part of the file name."),
    busyMs,
  }),
  example: { path: "/var/lib/app/app.db", directory: "/var/backups/slackwater", label: "app" },
  result: z.object({
    path: z.string().describe("Of the copy."),
    size_bytes: bytes.describe("Of the copy."),
    source_bytes: bytes.describe("Of the database with what is still in its write-ahead log."),
    sha256: z.string().describe("Of the copy, hexadecimal."),
    tables_count: count,
    created_at: z.int(),
    duration_ms: count,
  }),
  undo: "The database is only read: remove the file that the result names, or keep it.",
  afterCancel:
    "At most half a backup whose name ends in `.unfinished`, which the receipt says how to remove. The next attempt makes a new one.",
  tools,
  secrets: [],
});

/** `sqlite.backups`. */
export const sqliteBackups = defineAction({
  name: "sqlite.backups",
  title: "Choose a backup of a SQLite database",
  about:
    "Lists the backups that are there, newest first, and names the one of a number by its path and SHA-256. None, or a number beyond the last, is a failure. Only plain files named `label-….db` count; no link is followed, and no backup is opened as a database.",
  class: "observe",
  args: z.strictObject({
    directory: ReadPath.describe("Folder that the backups lie in."),
    label: label.describe("First part of the file names."),
    number: WholeNumber.pipe(z.int().min(1).max(10_000)).default(1).describe("Which one; 1 is the newest."),
  }),
  example: { directory: "/var/backups/slackwater", label: "app", number: 1 },
  result: z.object({
    path: z.string().describe("The chosen one, with its figures."),
    size_bytes: bytes,
    sha256: z.string(),
    age_ms: count.describe("Since it was last written."),
    backups_count: count,
    names: z.array(z.string()).describe("File names, newest first, at most 100."),
  }),
  tools: {},
  secrets: [],
});

/** `sqlite.restore`. */
export const sqliteRestore = defineAction({
  name: "sqlite.restore",
  title: "Restore a SQLite database",
  about:
    "Puts a backup in the place of a database that nobody has open. The present state is kept first, beside what SQLite has not yet taken into it, and proven to be kept: without that nothing is changed, which is why this is a change and destroys nothing. Refused while a process has the database open, and a backup that is damaged, has no table, lacks one of `tables`, or has another SHA-256. The backup is left as it is.",
  class: "change",
  args: z.strictObject({
    path: WritePath.describe("The database. Where none is there, nothing is kept."),
    from: ReadPath.describe("The backup. It is left as it is."),
    sha256: z
      .string()
      .regex(/^([0-9a-f]{64})?$/, "a SHA-256 in hexadecimal, or nothing")
      .default("")
      .describe("SHA-256 that the backup must have, hexadecimal; empty: any."),
    keepIn: WritePath.describe("Folder for the present state, as `pre-restore-….db`; made where it is missing."),
    owner: Owner.default("").describe(
      "Owner of a database that was not there, as two numbers `uid:gid`; empty: that of its folder. One that is there keeps owner and mode.",
    ),
    tables: SqliteTables.default([]).describe(
      "Tables whose rows are counted in what was restored. They must be in it.",
    ),
  }),
  example: {
    path: "/var/lib/app/app.db",
    from: "/var/backups/slackwater/app-20261130T071522123Z.db",
    keepIn: "/var/backups/slackwater",
    tables: ["users", "orders"],
  },
  result: z.object({
    path: z.string(),
    from: z.string(),
    from_sha256: z.string(),
    kept: z.string().describe("Path of the present state as it was kept; empty: there was none."),
    kept_bytes: bytes,
    kept_sha256: z.string(),
    size_bytes: bytes.describe("Of the database now."),
    sha256: z
      .string()
      .describe("Of the database now; not that of the backup where a log or journal lay beside the backup."),
    owner: z.string(),
    mode: z.string().describe("Permissions in octal, such as 0640."),
    rows: RowsByTable,
    restored_at: z.int(),
    duration_ms: count,
  }),
  undo: "`sqlite.restore` with the file that `kept` of the result names as its `from`; where that is empty, there was no database before, and the new one is removed by hand.",
  afterCancel:
    "The old database or the restored one, never half of one, and the state that was kept by then. A runner that was killed can leave `….slackwater-new`, which the receipt says how to remove, or the old database without its log, which then lies in `keepIn`.",
  tools,
  secrets: [],
});

/** `sqlite.integrity`. */
export const sqliteIntegrity = defineAction({
  name: "sqlite.integrity",
  title: "Check a SQLite database",
  about:
    "Says whether a database is sound: its pages and indexes, and where these are, its declared foreign keys and references that nobody declared. Counts rows and reads single values in the same moment as the references. A damaged database is a result (`ok` false), not a failure; a table or column that is not there is a failure, and so is a value that stands in several rows. Nothing is repaired.",
  class: "observe",
  args: z.strictObject({
    path: ReadPath.describe("The database."),
    tables: SqliteTables.default([]).describe("Tables whose rows are counted."),
    references: References.default([]).describe(
      "Where to look for orphans, rows whose column has a value that no parent has: a list, or one text with semicolons between, each `child.column -> parent.key`. A row without a value names no parent and is none.",
    ),
    values: Lookups.default([]).describe(
      "Values to read: a list, or one text with semicolons between, each `label: table.column where column = value`.",
    ),
    busyMs,
  }),
  example: {
    path: "/var/lib/app/app.db",
    tables: ["users", "orders"],
    references: "orders.user_id -> users.id",
    values: "version: app_state.value where key = version",
  },
  result: z.object({
    ok: z.boolean().describe("Sound, with at least one table, without violated foreign keys and without orphans."),
    is_sound: z.boolean().describe("SQLite found no problem in pages and indexes."),
    problems: z
      .array(z.string())
      .describe("What SQLite found, the first hundred at most; with it, the figures below are not taken."),
    problems_count: count,
    tables_count: count,
    rows: RowsByTable,
    violations: z
      .record(z.string().max(500), count)
      .describe("Violated foreign keys by `child -> parent`, where they are declared."),
    violations_count: count,
    orphans: z.record(z.string().max(500), count).describe("Orphans by `child.column`."),
    orphans_count: count,
    values: z
      .record(z.string().max(63), z.string().max(4000))
      .describe("Values by label. One whose row is not there, or has none, is left out."),
    size_bytes: bytes.describe("Of the file, without its write-ahead log."),
    checked_at: z.int(),
    duration_ms: count,
  }),
  tools,
  secrets: [],
});
