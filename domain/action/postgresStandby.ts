import { z } from "zod";
import { Milliseconds, WholeNumber, WritePath } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { EXAMPLE_CLUSTER, PostgresTarget } from "./postgresTarget.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);

/** Where in the write-ahead log, as PostgreSQL writes it: `16/B374D848`. */
const LogPosition = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/, "a position in the write-ahead log");

/** A cluster of the host's own. A copy that follows is made of files and a configuration; a container would need an image, too. */
const PlainCluster = PostgresTarget.refine(({ kind }) => kind === "plain", "a cluster of kind plain").meta({
  title: "Plain PostgreSQL cluster",
  description: "The cluster, which is of kind `plain`.",
});

/** Name of a replication slot, as PostgreSQL takes it; empty for none. */
const SlotName = z.string().regex(/^[a-z0-9_]{0,63}$/, "lower-case letters, digits and _");

/** The standby of the examples in the documentation. */
const EXAMPLE_STANDBY: z.input<typeof PostgresTarget> = {
  ...EXAMPLE_CLUSTER,
  dataDir: "/mnt/pgdata/data",
  configFile: "/mnt/pgdata/standby/postgresql.conf",
  port: 5433,
};

/** `postgres.baseBackup`. */
export const postgresBaseBackup = defineAction({
  name: "postgres.baseBackup",
  title: "Copy the running cluster",
  about:
    "Copies a cluster with `pg_basebackup` while its users work, and reads the copy again with `pg_verifybackup`: every file against the manifest's SHA-256. Refuses a folder that has something in it, and a cluster with tablespaces elsewhere. `pg_hba.conf` has to let the user in for `replication`.",
  class: "change",
  args: z.strictObject({
    cluster: PlainCluster,
    directory: WritePath.describe("The folder that becomes the copy's data directory; made where it is missing."),
    slot: SlotName.default("").describe(
      "Replication slot that is made where it is missing: the cluster keeps all that is written from now on until the standby has it, whatever room that takes. Empty: none, and a standby that begins late may miss something. `postgres.dropSlot` removes it.",
    ),
    checkpoint: z
      .enum(["fast", "spread"])
      .default("fast")
      .describe("fast: begin at once, with a burst of writing. spread: begin when the next checkpoint is due."),
    maxKiBps: WholeNumber.pipe(
      z
        .int()
        .min(0)
        .refine((rate) => rate === 0 || rate >= 32, "0, or 32 and more"),
    )
      .default(0)
      .describe("Fastest that it may copy, in KiB a second, 32 or more; 0: as fast as it goes."),
  }),
  example: { cluster: EXAMPLE_CLUSTER, directory: "/mnt/pgdata/data", slot: "slackwater" },
  result: z.object({
    system_identifier: z.string(),
    files_count: count,
    size_bytes: bytes,
    verified: z.boolean().describe("`pg_verifybackup` read every file and found it as the server sent it."),
    slot: z.string(),
    duration_ms: count,
    bytes_per_second: z.number(),
  }),
  undo: "Remove the folder by hand, or leave it: nothing uses it until a standby is started on it. `postgres.dropSlot` removes the slot.",
  afterCancel: "Part of the copy, and the slot. A retry removes the part and begins again.",
  tools: {
    pg_basebackup: "postgresql-client",
    pg_verifybackup: "postgresql-client",
    sync: "coreutils",
  },
  secrets: [],
  needsDatabase: true,
  hasProgress: true,
  canBeThrottled: true,
});

/** `postgres.standby`. */
export const postgresStandby = defineAction({
  name: "postgres.standby",
  title: "Start the standby",
  about:
    "Starts a second server on a base backup, on a port of its own, that follows the first, and waits until it has all but the last of what was written there. Its configuration is written anew each time: it includes the first one's and changes what must differ. It listens on this machine only.",
  class: "change",
  args: z.strictObject({
    cluster: PlainCluster.describe("The cluster that is followed, which runs."),
    standby: PlainCluster.describe(
      "The standby, as every other action is told of it: `dataDir` is the base backup, `configFile` is written, `port` is free.",
    ),
    slot: SlotName.default("").describe("The replication slot that `postgres.baseBackup` made; empty: none."),
    withinBytes: WholeNumber.pipe(z.int().min(0))
      .default(1_048_576)
      .describe("How far it may be behind the first, in bytes of the write-ahead log."),
    waitMs: Milliseconds.default(600_000).describe("How long it may take until it is that near."),
  }),
  example: { cluster: EXAMPLE_CLUSTER, standby: EXAMPLE_STANDBY, slot: "slackwater" },
  result: z.object({
    is_following: z.boolean(),
    behind_bytes: bytes.describe(
      "What the first had on its disk and the standby had not replayed, when it was looked at.",
    ),
    replayed_to: LogPosition,
    system_identifier: z.string(),
    duration_ms: count,
  }),
  undo: "`postgres.stop` with the standby stops it. The first server does not notice, but keeps what the slot holds until `postgres.dropSlot`.",
  afterCancel: "The standby, running or not, as it was at that moment. A retry goes on with it.",
  tools: { pg_ctl: "postgresql" },
  secrets: [],
  needsDatabase: true,
  hasProgress: true,
});

/** `postgres.promote`. */
export const postgresPromote = defineAction({
  name: "postgres.promote",
  title: "Let the standby take over",
  about:
    "Makes a standby a server that is written to. With `formerly` it does so only when that cluster is shut down cleanly and the standby has everything up to its last record: nothing that was committed can be missing. Without, what the standby never received is lost. One that was promoted already is a success.",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget.describe("The standby."),
    formerly: PostgresTarget.optional().describe(
      "The cluster that it follows, stopped. Leave it out only where that one is lost.",
    ),
    waitMs: Milliseconds.default(60_000).describe("How long it may take to have everything, and then to be open."),
  }),
  example: { cluster: EXAMPLE_STANDBY, formerly: EXAMPLE_CLUSTER },
  result: z.object({
    is_open: z.boolean().describe("It is no longer in recovery: it takes writes."),
    has_everything: z.boolean().describe("It was compared with the last record of `formerly`, and had it."),
    timeline: count,
    replayed_to: LogPosition,
    duration_ms: count,
  }),
  undo: "It can't be made to follow again. Going back means stopping it and starting the former one, without what was written here since; a new base backup makes a new standby.",
  afterCancel: "A standby, or an open server: `postgres.query` with `select pg_is_in_recovery()` says which.",
  tools: { pg_controldata: "postgresql" },
  secrets: [],
  needsDatabase: true,
});

/** `postgres.dropSlot`. */
export const postgresDropSlot = defineAction({
  name: "postgres.dropSlot",
  title: "Remove a replication slot",
  about:
    "Removes a slot, so that the cluster keeps nothing more for a standby that will not come back; a slot that is left fills the disk. One that is in use is refused, one that is not there is a success.",
  class: "change",
  args: z.strictObject({ cluster: PostgresTarget, slot: SlotName.min(1).describe("Name of the slot.") }),
  example: { cluster: EXAMPLE_CLUSTER, slot: "slackwater" },
  result: z.object({
    dropped: z.boolean(),
    kept_bytes: bytes.describe("Of the write-ahead log that was kept for it."),
  }),
  undo: "A slot can be made again, but what it kept is gone: a standby that still needs it takes a new base backup.",
  tools: {},
  secrets: [],
  needsDatabase: true,
});
