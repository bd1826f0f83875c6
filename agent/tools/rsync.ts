import { Buffer } from "node:buffer";
import { toEscapedName } from "../../domain/text/safeText.ts";
import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** rsync(1), "EXIT VALUES". 24 is not harmless here: the source is at rest, so nothing may vanish. */
const failureOf = failureBy({
  1: "defect",
  2: "defect",
  3: "deviceMissing",
  10: "programFailed",
  11: "ioError",
  12: "programFailed",
  20: "programKilled",
  22: "outOfMemory",
  23: "copyPartial",
  24: "filesVanished",
  30: "timedOut",
});

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
      "--info=progress2",
      "--outbuf=L",
      "--stats",
      // With size and a prefix, so that a file that is named like a line of progress can't be taken for one.
      "--out-format=file:%l:%n",
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

/** One line of rsync's output. */
export type RsyncLine =
  | {
      readonly kind: "progress";
      /** Bytes of files done, the present one up to where it is. */
      readonly bytesDone: number;
      /** 0 to 100, as rsync rounds it down. */
      readonly percent: number;
      readonly bytesPerSecond: number;
      /** What is left, by rsync's own reckoning, ms. Undefined where it has no idea (`??:??:??`, or years). */
      readonly etaMs: number | undefined;
      readonly filesTransferred: number | undefined;
      /** Entries (files and directories) still to look at, and all of them. */
      readonly entriesLeft: number | undefined;
      readonly entriesTotal: number | undefined;
    }
  /** The file that is copied next, its length, and its name made safe to show. */
  | { readonly kind: "file"; readonly sizeBytes: number; readonly name: string }
  | { readonly kind: "deleted"; readonly name: string }
  | { readonly kind: "other" };

const RATE_UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };
const DELETING = "deleting ";
const PROGRESS =
  /^\s*([\d,.]{1,30})\s+(\d{1,3})%\s+([\d.]{1,12})([kMGT]?B)\/s\s+(?:(\d{1,9}):(\d\d):(\d\d)|\?\?:\?\?:\?\?)\s*(?:\(xfr#(\d{1,15}), (?:to|ir)-chk=(\d{1,15})\/(\d{1,15})\))?\s*$/;

/** A count as rsync writes it, with separators; undefined when it is none that can be held exactly. */
function countOf(text: string | undefined): number | undefined {
  const digits = text?.replaceAll(/[,.]/g, "");
  if (!digits || !/^\d+$/.test(digits)) return undefined;
  const count = Number(digits);
  return Number.isSafeInteger(count) ? count : undefined;
}

/** Turns rsync's `\#nnn` (octal) back into bytes and those into our own safe form. */
export function rsyncName(shown: string): string {
  const bytes: Buffer[] = [];
  let at = 0;
  for (const match of shown.matchAll(/\\#([0-3][0-7]{2})/g)) {
    bytes.push(Buffer.from(shown.slice(at, match.index)), Buffer.of(Number.parseInt(match[1] ?? "0", 8)));
    at = match.index + match[0].length;
  }
  bytes.push(Buffer.from(shown.slice(at)));
  return toEscapedName(Buffer.concat(bytes));
}

/** Reads one line (rsync ends them with CR or LF). Whatever it does not know, and every figure that makes no sense, is `other`. */
export function parseRsyncLine(line: string): RsyncLine {
  const file = line.startsWith("file:") ? /^file:(\d{1,16}):(.*)$/s.exec(line) : null;
  if (file) return { kind: "file", sizeBytes: countOf(file[1]) ?? 0, name: rsyncName(file[2] ?? "") };
  if (line.startsWith(DELETING)) return { kind: "deleted", name: rsyncName(line.slice(DELETING.length)) };
  const found = PROGRESS.exec(line);
  const bytesDone = countOf(found?.[1]);
  const bytesPerSecond = Math.round(Number(found?.[3]) * (RATE_UNITS[found?.[4] ?? ""] ?? Number.NaN));
  const percent = Number(found?.[2]);
  if (!found || bytesDone === undefined || !Number.isFinite(bytesPerSecond) || percent > 100) return { kind: "other" };
  const [, , , , , hours, minutes, seconds, transferred, left, total] = found;
  // Divided by a speed of nearly nothing it can be years, which says only that nothing is known.
  const isKnown = hours !== undefined && Number(hours) < 10_000;
  return {
    kind: "progress",
    bytesDone,
    percent,
    bytesPerSecond,
    etaMs: isKnown ? ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 : undefined,
    filesTransferred: countOf(transferred),
    entriesLeft: countOf(left),
    entriesTotal: countOf(total),
  };
}

/** The figures at the end. */
export interface RsyncStats {
  readonly regularFiles: number;
  readonly filesTransferred: number;
  readonly filesDeleted: number;
  /** Sum of the lengths of the source's files, bytes. */
  readonly totalBytes: number;
  readonly transferredBytes: number;
}

/** Reads what `--stats` printed somewhere in the output; undefined when it is not all there. */
export function parseRsyncStats(output: string): RsyncStats | undefined {
  const figure = (pattern: RegExp) => countOf(pattern.exec(output)?.[1]);
  const hasKinds = /^Number of files: [\d,.]+ \(/m.test(output);
  const regularFiles = hasKinds
    ? (figure(/^Number of files: .*\breg: ([\d,.]+)/m) ?? 0)
    : figure(/^Number of files: ([\d,.]+)/m);
  const filesTransferred = figure(/^Number of regular files transferred: ([\d,.]+)/m);
  const totalBytes = figure(/^Total file size: ([\d,.]+) bytes/m);
  const transferredBytes = figure(/^Total transferred file size: ([\d,.]+) bytes/m);
  if (regularFiles === undefined || filesTransferred === undefined) return undefined;
  if (totalBytes === undefined || transferredBytes === undefined) return undefined;
  const filesDeleted = figure(/^Number of deleted files: ([\d,.]+)/m) ?? 0;
  return { regularFiles, filesTransferred, filesDeleted, totalBytes, transferredBytes };
}
