import { z } from "zod";
import { Flag, Owner, ReadPath, TextList, WholeNumber, WritePath } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { PostgresTarget } from "./postgresTarget.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);

/** xxh128 finds every accident and is the fastest; md5 and sha256 are there for those who must name them. */
export const ChecksumAlgorithm = z.enum(["xxh128", "md5", "sha256"]);
export type ChecksumAlgorithm = z.infer<typeof ChecksumAlgorithm>;

/**
 * Copies a data directory with `rsync -aHAXS --numeric-ids` into a sub-directory of a mount. It starts only from a source at rest,
 * lists it before and after, goes on where an earlier copy stopped, leaves `lost+found` alone and syncs the target at the end.
 */
export const filesCopy = defineAction({
  name: "files.copy",
  title: "Copy the data directory",
  class: "change",
  args: z.strictObject({
    from: ReadPath,
    to: WritePath,
    owner: Owner.default(""),
    /** The cluster whose data directory is the source: it is proven at rest before and after. Absent: no open files, and nothing more. */
    cluster: PostgresTarget.optional(),
    /** Compare by content, not by size and time, what an interrupted copy left behind. */
    resumeByChecksum: Flag.default(true),
    /** 0: as fast as it goes. */
    maxKiBps: WholeNumber.pipe(z.int().min(0)).default(0),
  }),
  result: z.object({
    files_source: count,
    files_target: count,
    bytes_source: bytes,
    bytes_target: bytes,
    files_transferred: count,
    bytes_transferred: bytes,
    /** Digest over names, sizes, times and owners of the source, before and after: equal when nobody wrote. */
    source_manifest_before: z.string(),
    source_manifest_after: z.string(),
    source_at_rest: z.boolean(),
    owner: z.string(),
    duration_ms: count,
    bytes_per_second: z.number(),
  }),
  tools: { rsync: "rsync", sync: "coreutils" },
  secrets: [],
  hasProgress: true,
  canBeThrottled: true,
});

/** Compares two trees: counts, sizes, owners and a checksum of every file; names what differs. */
export const filesVerify = defineAction({
  name: "files.verify",
  title: "Compare the copy with the source",
  class: "observe",
  args: z.strictObject({
    from: ReadPath,
    to: ReadPath,
    algorithm: ChecksumAlgorithm.default("xxh128"),
    owner: Owner.default(""),
    /** Files, relative to the target, that must be there. */
    required: TextList.default([]),
    /** The cluster whose data directory is the source: it must still be at rest. */
    cluster: PostgresTarget.optional(),
  }),
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
    /** The first twenty names of each trouble, made safe to show. */
    differing: z.array(z.string()),
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

/** Lists a tree: number of files, bytes, and a digest over names, sizes, times and owners. */
export const filesManifest = defineAction({
  name: "files.manifest",
  title: "List a directory",
  class: "observe",
  args: z.strictObject({ path: ReadPath }),
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
