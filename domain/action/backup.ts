import { z } from "zod";
import { Bytes, ReadPath, WholeNumber, WritePath } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { CountedTables, PostgresTarget, RowsByLabel } from "./postgresTarget.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);
const iterations = WholeNumber.pipe(z.int().min(1000).max(100_000_000)).default(1_000_000);
const tools = { pg_dump: "postgresql-client", gzip: "gzip", openssl: "openssl", docker: "docker.io" } as const;

/**
 * Dumps the database, compressed and encrypted on its way: pg_dump, gzip, openssl aes-256-cbc with PBKDF2. No plain file is written
 * at any time. The rows are counted in the very snapshot that is dumped. A file that is too small is a failure.
 */
export const backupCreate = defineAction({
  name: "backup.create",
  title: "Make an encrypted backup",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    directory: WritePath,
    /** First part of the file name. */
    label: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "a lower-case word"),
    tables: CountedTables,
    minBytes: Bytes.default(1_000_000),
    iterations,
  }),
  result: z.object({
    path: z.string(),
    size_bytes: bytes,
    sha256: z.string(),
    rows: RowsByLabel,
    rows_total: count,
    created_at: z.int(),
    duration_ms: count,
  }),
  tools,
  secrets: ["backup"],
  hasProgress: true,
  canBeThrottled: true,
});

/** Decrypts and unpacks a backup to its end, keeping nothing, and looks for the line with which pg_dump says that it finished. */
export const backupVerify = defineAction({
  name: "backup.verify",
  title: "Read the backup to its end",
  class: "observe",
  args: z.strictObject({ path: ReadPath, minBytes: Bytes.default(1_000_000), iterations }),
  result: z.object({
    is_complete: z.boolean(),
    size_bytes: bytes,
    plain_bytes: bytes,
    lines_count: count,
    sha256: z.string(),
    age_ms: count,
  }),
  tools,
  secrets: ["backup"],
  hasProgress: true,
  canBeThrottled: true,
});

/** Restores a backup into a scratch database of the same cluster, counts there, and drops it. The live database is not touched. */
export const backupRestoreTest = defineAction({
  name: "backup.restoreTest",
  title: "Restore the backup into a scratch database",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    path: ReadPath,
    /** Must not exist; its name begins with `slackwater_`. */
    scratchDatabase: z
      .string()
      .regex(/^slackwater_[a-z0-9_]{1,40}$/, "a name that begins with slackwater_")
      .default("slackwater_restore_test"),
    tables: CountedTables,
    /** The rows that the backup was made with. */
    expected: RowsByLabel,
    iterations,
  }),
  result: z.object({
    rows: RowsByLabel,
    rows_equal: z.boolean(),
    is_dropped: z.boolean(),
    duration_ms: count,
  }),
  tools: { ...tools, psql: "postgresql-client" },
  secrets: ["backup"],
  hasProgress: true,
  canBeThrottled: true,
});
