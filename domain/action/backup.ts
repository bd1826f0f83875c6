import { z } from "zod";
import { Bytes, Milliseconds, ReadPath, WholeNumber, WritePath } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { EXAMPLE_OFF_SITE, OffSite } from "./offSiteTarget.ts";
import { CountedTables, EXAMPLE_CLUSTER, PostgresTarget, RowsByLabel } from "./postgresTarget.ts";
import { role } from "./roles.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);
const iterations = WholeNumber.pipe(z.int().min(1000).max(100_000_000))
  .default(1_000_000)
  .describe(
    "Rounds of PBKDF2 between the passphrase and the key, for openssl alone. The same number opens the backup again.",
  );
const Label = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, "a lower-case word")
  .describe("First part of the file name.");
const seal = z
  .enum(["openssl", "gpg"])
  .default("openssl")
  .describe(
    "openssl: AES-256-CBC. gpg: OpenPGP with AES-256, whose end proves that nothing was changed. The end of the file's name tells the other actions which.",
  );
const tools = {
  pg_dump: "postgresql-client",
  gzip: "gzip",
  openssl: "openssl",
  gpg: "gpg",
  docker: "docker.io",
} as const;

/** `backup.create`. */
export const backupCreate = defineAction({
  name: "backup.create",
  title: "Make an encrypted backup",
  about:
    "Dumps the database, compressed and encrypted on its way: pg_dump, gzip, and openssl (aes-256-cbc with PBKDF2) or gpg. No plain file is written at any time. The rows are counted in the very snapshot that is dumped. A file that is too small is a failure.",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    directory: WritePath.describe("Folder that the backup is put into; made where it is missing."),
    label: Label,
    tables: CountedTables,
    minBytes: Bytes.default(1_000_000).describe("A file below this size is a failure."),
    seal,
    iterations,
  }),
  example: { cluster: EXAMPLE_CLUSTER, directory: "/var/backups/slackwater", label: "before", tables: "users; orders" },
  result: z.object({
    path: z.string(),
    size_bytes: bytes,
    sha256: z.string(),
    rows: RowsByLabel,
    rows_total: count,
    created_at: z.int(),
    duration_ms: count,
  }),
  undo: "The database is only read. Remove the file that the result names, or keep it.",
  afterCancel:
    "Half a backup under a name of its own, which the receipt says how to remove. The next attempt makes a new one.",
  tools,
  secrets: ["backup"],
  hasProgress: true,
  canBeThrottled: true,
});

/** `backup.verify`. */
export const backupVerify = defineAction({
  name: "backup.verify",
  title: "Read the backup to its end",
  about:
    "Decrypts and unpacks a backup to its end, keeping nothing, and looks for the line with which pg_dump says that it finished.",
  class: "observe",
  args: z.strictObject({
    path: ReadPath.describe("The file that `backup.create` made."),
    minBytes: Bytes.default(1_000_000).describe("A file below this size is a failure."),
    iterations,
  }),
  example: { path: "/var/backups/slackwater/before-app-20261130T010000Z.sql.gz.enc" },
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

/** `backup.restoreTest`. */
export const backupRestoreTest = defineAction({
  name: "backup.restoreTest",
  title: "Restore the backup into a scratch database",
  about:
    "Restores a backup into a scratch database of the same cluster, counts there, and drops it. The live database is not touched.",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    path: ReadPath.describe("The file that `backup.create` made."),
    scratchDatabase: z
      .string()
      .regex(/^slackwater_[a-z0-9_]{1,40}$/, "a name that begins with slackwater_")
      .default("slackwater_restore_test")
      .describe("Must not exist; its name begins with `slackwater_`."),
    tables: CountedTables,
    expected: RowsByLabel.describe("The rows that the backup was made with."),
    iterations,
  }),
  example: {
    cluster: EXAMPLE_CLUSTER,
    path: "/var/backups/slackwater/before-app-20261130T010000Z.sql.gz.enc",
    tables: "users; orders",
    expected: { users: 1200, orders: 48_000 },
  },
  result: z.object({
    rows: RowsByLabel,
    rows_equal: z.boolean(),
    is_dropped: z.boolean(),
    duration_ms: count,
  }),
  undo: "It drops the scratch database itself; where that failed, `drop database` of that name does it.",
  afterCancel: "Perhaps the scratch database, half filled: `drop database` of that name removes it.",
  tools: { ...tools, psql: "postgresql-client" },
  secrets: ["backup"],
  hasProgress: true,
  canBeThrottled: true,
});

const DAY_MS = 86_400_000;

/** `backup.rotate`. */
export const backupRotate = defineAction({
  name: "backup.rotate",
  title: "Remove old backups",
  about:
    "Removes the backups of one database that are older than they are kept. The newest ones always stay, and nothing is removed as long as the newest is too old: where backups fail, a rotation that goes on takes the last good ones. Only plain files that `backup.create` named so are touched.",
  class: "destroy",
  args: z.strictObject({
    directory: WritePath.describe("Folder that the backups lie in."),
    label: Label,
    database: z.string().min(1).max(63).meta(role("database")).describe("Whose backups: it stands in their names."),
    keepFor: Milliseconds.pipe(z.int().min(DAY_MS))
      .default(90 * DAY_MS)
      .describe("Older ones are removed; at least a day."),
    keepAtLeast: WholeNumber.pipe(z.int().min(1).max(10_000))
      .default(7)
      .describe("So many of the newest stay, however old they are."),
    newestWithin: Milliseconds.default(1.5 * DAY_MS).describe("The newest must not be older, or nothing is removed."),
  }),
  example: { directory: "/var/backups/slackwater", label: "daily", database: "app" },
  result: z.object({
    removed_count: count,
    removed_bytes: bytes,
    removed: z.array(z.string()).describe("Their names, the first hundred."),
    kept_count: count,
    newest_age_ms: count,
    oldest_age_ms: count.describe("Of those that are kept."),
  }),
  undo: "What is removed is gone: nothing puts it back but a copy elsewhere.",
  afterCancel: "Some of the old ones are removed and the others not; the next attempt goes on.",
  tools: {},
  secrets: [],
  hasProgress: true,
});

/** `backup.ship`. */
export const backupShip = defineAction({
  name: "backup.ship",
  title: "Keep a copy of the backup elsewhere",
  about:
    "Sends one file over ssh to a machine elsewhere, by rsync, and then has that machine read its copy again: only equal bytes count. The machine is known by the host key that the owner of the host pinned. Nothing is removed there.",
  class: "change",
  args: z.strictObject({
    path: ReadPath.describe("The file that `backup.create` made."),
    machine: OffSite,
  }),
  example: { path: "/var/backups/slackwater/daily-app-20261130T020000Z.sql.gz.enc", machine: EXAMPLE_OFF_SITE },
  result: z.object({
    remote: z.string().describe("Where the copy lies, as rsync names it."),
    size_bytes: bytes,
    sha256: z.string(),
    is_equal: z.boolean().describe("The copy was read again there, and every byte is the same."),
    duration_ms: count,
  }),
  undo: "Remove the copy there by hand; the backup here stays as it is.",
  afterCancel: "Perhaps half a copy in `.slackwater-partial` there; the next attempt goes on with it.",
  tools: { rsync: "rsync", ssh: "openssh-client" },
  secrets: [],
  hasProgress: true,
  canBeThrottled: true,
});

const SideName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, "a lower-case word")
  .meta(role("database"));

/** `backup.restore`. */
export const backupRestore = defineAction({
  name: "backup.restore",
  title: "Restore a backup into service",
  about:
    "Restores a backup into a database of its own beside the one in service, counts there, gives it the same owner, rights and settings, and then lets the two change names in one transaction. The database that was in service is never written to: it keeps its contents under another name, closed to everybody. Refuses while anybody is in it: stop the traffic first. There must be room for both.",
  class: "destroy",
  args: z.strictObject({
    cluster: PostgresTarget,
    path: ReadPath.describe("The file that `backup.create` made."),
    keepAs: SideName.describe("Name that the database in service is kept under; must not exist."),
    tables: CountedTables,
    expected: RowsByLabel.describe("The rows that the backup was made with: the result of `backup.create`."),
    iterations,
  }),
  example: {
    cluster: EXAMPLE_CLUSTER,
    path: "/var/backups/slackwater/daily-app-20261130T020000Z.sql.gz.enc",
    keepAs: "app_before_restore",
    tables: "users; orders",
    expected: { users: 1200, orders: 48_000 },
  },
  result: z.object({
    kept_as: z.string().describe("Name of the database that was in service."),
    rows: RowsByLabel,
    duration_ms: count,
  }),
  undo: "`backup.putBack` with `kept_as`: what was written since the restore is then kept beside it.",
  afterCancel:
    "Perhaps the database `slackwater_restored`, half filled, which was never in service: the receipt names it, and the next attempt begins it anew.",
  tools: { ...tools, psql: "postgresql-client" },
  secrets: ["backup"],
  hasProgress: true,
  canBeThrottled: true,
});

/** `backup.putBack`. */
export const backupPutBack = defineAction({
  name: "backup.putBack",
  title: "Put the database from before a restore back",
  about:
    "Lets the database that `backup.restore` has kept and the restored one change names again, in one transaction. Nothing of either is lost. Refuses while anybody is in the database in service.",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    keptAs: SideName.describe("Name that `backup.restore` has kept it under."),
    restoredAs: SideName.describe("Name that the restored one is kept under now; must not exist."),
  }),
  example: { cluster: EXAMPLE_CLUSTER, keptAs: "app_before_restore", restoredAs: "app_restored" },
  result: z.object({ restored_as: z.string() }),
  undo: "The same action with the two names exchanged.",
  tools,
  secrets: [],
});
