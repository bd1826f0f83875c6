import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** rsync(1), "EXIT VALUES". 24 is not harmless here: the source is at rest, so nothing may vanish. */
const failureOf = failureBy(
  { 1: "defect", 2: "defect", 3: "deviceMissing", 10: "programFailed", 11: "ioError", 12: "programFailed", 20: "programKilled", 22: "outOfMemory", 23: "copyPartial", 24: "filesVanished", 30: "timedOut" },
);

/** One copy of a tree. Folders are absolute, without a trailing slash. */
export interface RsyncCopy {
  readonly from: string;
  readonly to: string;
  /** Compare by content what is there already: after a power cut size and time can be right with blocks missing. */
  readonly byChecksum: boolean;
  /** `uid:gid` for everything, or empty to keep the source's. */
  readonly owner: string;
  /** 0: as fast as it goes. */
  readonly maxKiBps: number;
}

/**
 * Copies the contents of one folder into another. Hard links, ACLs, extended attributes and holes are kept; what the target has beyond
 * the source is removed (rsync's own left-over `.name.XXXXXX` after a kill), but never `lost+found`, which belongs to the file system.
 */
export function rsyncCall(copy: RsyncCopy): ToolCall {
  return {
    file: "rsync",
    args: [
      "-aHAXS",
      "--numeric-ids",
      "--delete",
      "--exclude=/lost+found",
      "--no-inc-recursive",
      "--info=progress2,name1",
      "--outbuf=L",
      ...(copy.byChecksum ? ["--checksum"] : []),
      ...(copy.owner === "" ? [] : [`--chown=${copy.owner}`]),
      ...(copy.maxKiBps === 0 ? [] : [`--bwlimit=${copy.maxKiBps}`]),
      "--",
      `${copy.from}/`,
      `${copy.to}/`,
    ],
    debianPackage: "rsync",
    failureOf,
  };
}

/** One line of `--info=progress2`. */
export interface RsyncProgress {
  readonly doneBytes: number;
  readonly bytesPerSecond: number;
  /** Files transferred so far; absent until the first file is done. */
  readonly filesDone?: number;
}

const RATE_UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

/**
 * Reads a progress line such as `1,234,567  12%   22.60MB/s    0:00:12 (xfr#5, to-chk=10/100)`. Undefined for any other line: a file
 * name, a warning, or a name that only looks like progress but does not fit as a whole.
 */
export function parseRsyncProgress(line: string): RsyncProgress | undefined {
  const match =
    /^\s*([\d,.]{1,30})\s+\d{1,3}%\s+([\d.]{1,12})([kMGT]?B)\/s\s+\d+:\d\d:\d\d(?:\s+\(xfr#(\d{1,12}), (?:to|ir)-chk=\d+\/\d+\))?\s*$/.exec(line);
  if (!match) return undefined;
  const doneBytes = Number(match[1]?.replace(/[,.]/g, ""));
  const bytesPerSecond = Math.round(Number(match[2]) * (RATE_UNITS[match[3] ?? ""] ?? 1));
  if (!Number.isSafeInteger(doneBytes) || !Number.isFinite(bytesPerSecond)) return undefined;
  return { doneBytes, bytesPerSecond, ...(match[4] === undefined ? {} : { filesDone: Number(match[4]) }) };
}
