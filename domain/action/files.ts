import { z } from "zod";
import { Flag, Owner, ReadPath, TextList, WholeNumber, WritePath } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { EXAMPLE_CLUSTER, PostgresTarget } from "./postgresTarget.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);

/** How contents are compared. */
export const ChecksumAlgorithm = z
  .enum(["xxh128", "md5", "sha256"])
  .describe("xxh128 finds every accident and is the fastest; md5 and sha256 are there for those who must name them.");
export type ChecksumAlgorithm = z.infer<typeof ChecksumAlgorithm>;

/** `files.copy`. */
export const filesCopy = defineAction({
  name: "files.copy",
  title: "Copy the data directory",
  about:
    "Copies a data directory with `rsync -aHAXS --numeric-ids` into a sub-directory of a mount. It starts only from a source at rest, lists it before and after, goes on where an earlier copy stopped, leaves `lost+found` alone and syncs the target at the end.",
  class: "change",
  args: z.strictObject({
    from: ReadPath.describe("The data directory that is copied."),
    to: WritePath.describe(
      "The folder that becomes its copy; made where it is missing. What it has beyond the source is removed.",
    ),
    owner: Owner.default(""),
    cluster: PostgresTarget.optional().describe(
      "The cluster whose data directory is the source: it is proven at rest before and after. Absent: no open files, and nothing more.",
    ),
    resumeByChecksum: Flag.default(true).describe(
      "Compare by content, not by size and time, what an interrupted copy left behind.",
    ),
    maxKiBps: WholeNumber.pipe(z.int().min(0))
      .default(0)
      .describe("Fastest that it may copy, in KiB a second; 0: as fast as it goes."),
  }),
  example: { from: "/var/lib/postgresql/17/main", to: "/mnt/pgdata/data", cluster: EXAMPLE_CLUSTER },
  result: z.object({
    files_source: count,
    files_target: count,
    bytes_source: bytes,
    bytes_target: bytes,
    files_transferred: count,
    bytes_transferred: bytes,
    source_manifest_before: z
      .string()
      .describe("Digest over names, sizes, times and owners of the source, before and after: equal when nobody wrote."),
    source_manifest_after: z.string(),
    source_at_rest: z.boolean(),
    owner: z.string(),
    duration_ms: count,
    bytes_per_second: z.number(),
  }),
  undo: "The source is only read. Remove the folder `to` by hand, or leave it: nothing uses it until something is pointed at it.",
  afterCancel: "The part that was copied. A retry goes on from there; the receipt says how to remove it.",
  tools: { rsync: "rsync", sync: "coreutils" },
  secrets: [],
  hasProgress: true,
  canBeThrottled: true,
});

/** `files.verify`. */
export const filesVerify = defineAction({
  name: "files.verify",
  title: "Compare the copy with the source",
  about: "Compares two trees: counts, sizes, owners and a checksum of every file; names what differs.",
  class: "observe",
  args: z.strictObject({
    from: ReadPath.describe("The source."),
    to: ReadPath.describe("The copy."),
    algorithm: ChecksumAlgorithm.default("xxh128"),
    owner: Owner.default(""),
    required: TextList.default([]).describe("Files, relative to the target, that must be there."),
    cluster: PostgresTarget.optional().describe(
      "The cluster whose data directory is the source: it must still be at rest.",
    ),
  }),
  example: {
    from: "/var/lib/postgresql/17/main",
    to: "/mnt/pgdata/data",
    required: ["PG_VERSION", "global/pg_control"],
    cluster: EXAMPLE_CLUSTER,
  },
  result: z.object({
    files_source: count,
    files_target: count,
    bytes_source: bytes,
    bytes_target: bytes,
    files_checked: count,
    bytes_checked: bytes,
    differing_count: count,
    missing_count: count,
    extra_count: count,
    wrong_owner_count: count,
    differing: z.array(z.string()).describe("The first twenty names of each trouble, made safe to show."),
    missing: z.array(z.string()),
    extra: z.array(z.string()),
    required_missing: z.array(z.string()),
    required_missing_count: count,
    algorithm: ChecksumAlgorithm,
    source_manifest: z.string(),
    source_at_rest: z.boolean(),
    duration_ms: count,
    bytes_per_second: z.number(),
  }),
  tools: {},
  secrets: [],
  hasProgress: true,
  canBeThrottled: true,
});

/** `files.manifest`. */
export const filesManifest = defineAction({
  name: "files.manifest",
  title: "List a directory",
  about: "Lists a tree: number of files, bytes, and a digest over names, sizes, times and owners.",
  class: "observe",
  args: z.strictObject({ path: ReadPath.describe("The folder that is listed.") }),
  example: { path: "/var/lib/postgresql/17/main" },
  result: z.object({
    files_count: count,
    directories_count: count,
    size_bytes: bytes,
    manifest: z.string(),
    owner: z.string(),
  }),
  tools: {},
  secrets: [],
});
