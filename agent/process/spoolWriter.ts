import { createHash } from "node:crypto";
import { closeSync, fdatasyncSync, ftruncateSync, openSync, rmSync, writevSync } from "node:fs";
import { join } from "node:path";
import type { FailureCode } from "../../domain/failure.ts";
import { Failure } from "../../domain/failure.ts";
import { errnoOf, replaceFile, syncDirectory, writeFully } from "./durableFile.ts";
import type { SpoolPaths } from "./spoolFiles.ts";
import type { OutputStream } from "./spoolRecord.ts";
import { encodeHeader, HEADER_BYTES, MAX_PAYLOAD_BYTES, segmentName } from "./spoolRecord.ts";

/** Room kept back on the disk, given up when it is full so that the trouble itself can still be written down. */
const RESERVE_BYTES = 65_536;
const RETRY_MS = 300;
/** Most that notes may pile up to while the disk is full. Programs can't: they are held. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** A time during which the output could not be written. `until` is absent while it lasts. */
export interface SpoolTrouble {
  readonly code: FailureCode;
  readonly message: string;
  readonly since: number;
  readonly until?: number;
}

/** Writes the output of one task. One writer exists per task, in its runner. */
export interface SpoolWriter {
  /**
   * Appends bytes. Returns undefined when they are written, as they nearly always are, or, while the disk is full, a promise
   * of it: whoever reads a program's output waits for that, which holds the program.
   */
  write(stream: OutputStream, bytes: Buffer): Promise<void> | undefined;
  /** Brings what is written to the disk. */
  sync(): void;
  /** Waits for what could not be written yet, syncs and closes. */
  close(): Promise<void>;
  /** Length of the output so far in bytes, dropped ones included. */
  readonly bytes: number;
  readonly chunks: number;
  readonly droppedBytes: number;
  /** SHA-256 of the whole output so far in hexadecimal, dropped bytes included. */
  digest(): string;
  readonly troubles: readonly SpoolTrouble[];
  readonly isHeld: boolean;
}

interface Segment {
  readonly offset: number;
  bytesOnDisk: number;
  outputBytes: number;
}

interface Waiting {
  readonly stream: OutputStream;
  readonly bytes: Buffer;
  readonly written: () => void;
}

/** Which failure a refused write is, and what to say of it. */
export function describeWriteError(error: unknown, what: string): { code: FailureCode; message: string } {
  const errno = errnoOf(error);
  if (errno === "ENOSPC" || errno === "EDQUOT") return { code: "diskFull", message: `No space left for ${what}.` };
  return {
    code: "ioError",
    message: `${what} can't be written: ${error instanceof Error ? error.message : "unknown"}.`,
  };
}

/**
 * Opens the output of a task for writing. `limitBytes` bounds what it may take on disk: the first half is kept for good, of the
 * rest the newest; the middle is dropped a segment at a time and counted, and readers are told of it.
 */
export function openSpoolWriter(paths: SpoolPaths, options: { limitBytes: number; now: () => number }): SpoolWriter {
  const { limitBytes, now } = options;
  const segmentBytes = Math.max(16_384, Math.floor(limitBytes / 16));
  const segments: Segment[] = [];
  const waiting: Waiting[] = [];
  const troubles: SpoolTrouble[] = [];
  let waitingBytes = 0;
  let unkeptBytes = 0;
  let fd: number | undefined;
  let offset = 0;
  let chunks = 0;
  let droppedBytes = 0;
  let retryTimer: NodeJS.Timeout | undefined;
  let isClosing = false;
  const written = createHash("sha256");

  /** Takes the room that is kept back; false when there is not that much. */
  function keepReserve(): boolean {
    try {
      const reserve = openSync(paths.reserve, "w", 0o600);
      try {
        writeFully(reserve, Buffer.alloc(RESERVE_BYTES));
      } finally {
        closeSync(reserve);
      }
      return true;
    } catch {
      rmSync(paths.reserve, { force: true });
      return false;
    }
  }

  function dropMiddle(): void {
    let onDisk = segments.reduce((sum, segment) => sum + segment.bytesOnDisk, 0);
    while (onDisk > limitBytes - segmentBytes) {
      let before = 0;
      const isMiddle = (segment: Segment) => {
        before += segment.bytesOnDisk;
        return before > limitBytes / 2;
      };
      const index = segments.findIndex(isMiddle);
      const oldest = segments[index];
      if (!oldest || index === segments.length - 1) return;
      rmSync(join(paths.output, segmentName(oldest.offset)), { force: true });
      segments.splice(index, 1);
      droppedBytes += oldest.outputBytes;
      onDisk -= oldest.bytesOnDisk;
    }
  }

  function segmentFor(): { fd: number; segment: Segment } {
    const current = segments.at(-1);
    if (fd !== undefined && current && current.bytesOnDisk < segmentBytes) return { fd, segment: current };
    if (fd !== undefined) {
      syncNow();
      closeSync(fd);
      fd = undefined;
      dropMiddle();
    }
    // Appending, so that after a refused write is cut off the next one stands where that began, and not behind a hole.
    const opened = openSync(join(paths.output, segmentName(offset)), "ax", 0o600);
    fd = opened;
    const segment = { offset, bytesOnDisk: 0, outputBytes: 0 };
    segments.push(segment);
    syncDirectory(paths.output);
    return { fd: opened, segment };
  }

  /** Appends one record or nothing: what a refused write left half done is cut off again. */
  function append(stream: OutputStream, bytes: Buffer): void {
    const target = segmentFor();
    const header = encodeHeader({ stream, sequence: chunks + 1, offset, at: now(), bytes });
    const whole = HEADER_BYTES + bytes.length;
    try {
      const written = writevSync(target.fd, [header, bytes]);
      if (written < whole) writeFully(target.fd, Buffer.concat([header, bytes]).subarray(written));
    } catch (error) {
      ftruncateSync(target.fd, target.segment.bytesOnDisk);
      throw error;
    }
    target.segment.bytesOnDisk += whole;
    target.segment.outputBytes += bytes.length;
    chunks += 1;
    offset += bytes.length;
    written.update(bytes);
  }

  function noteTrouble(error: unknown): void {
    if (troubles.length > 0 && troubles.at(-1)?.until === undefined) return;
    const trouble = { ...describeWriteError(error, "the task's output"), since: now() };
    if (troubles.length < 100) troubles.push(trouble);
    rmSync(paths.reserve, { force: true });
    try {
      replaceFile(paths.trouble, JSON.stringify(trouble), { durable: false });
    } catch {
      // Not even this fits. The agent sees the same full disk when it writes its own journal.
    }
  }

  function endTrouble(): void {
    const last = troubles.at(-1);
    if (last && last.until === undefined) troubles[troubles.length - 1] = { ...last, until: now() };
    rmSync(paths.trouble, { force: true });
  }

  function retry(): void {
    retryTimer = undefined;
    try {
      // There is room again when there is room to keep back, and not when what was kept back has made some: that is for the end.
      if (!isClosing && !keepReserve()) throw new Failure("diskFull", "There is still no room.");
      for (let first = waiting[0]; first; first = waiting[0]) {
        append(first.stream, first.bytes);
        waiting.shift();
        waitingBytes -= first.bytes.length;
        first.written();
      }
      if (unkeptBytes > 0) append("note", Buffer.from(`! ${unkeptBytes} bytes of notes were not kept: no room.\n`));
      unkeptBytes = 0;
      endTrouble();
    } catch (error) {
      noteTrouble(error);
      retryTimer = setTimeout(retry, RETRY_MS);
    }
  }

  function hold(stream: OutputStream, bytes: Buffer): Promise<void> {
    // Only notes can get here without waiting for the one before.
    if (waitingBytes > MAX_WAITING_BYTES) {
      unkeptBytes += bytes.length;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      waiting.push({ stream, bytes: Buffer.from(bytes), written: resolve });
      waitingBytes += bytes.length;
      retryTimer ??= setTimeout(retry, RETRY_MS);
    });
  }

  /** A disk that fails to take what it said it had is a trouble to be told, but no reason to lose the program's end as well. */
  function syncNow(): void {
    try {
      if (fd !== undefined) fdatasyncSync(fd);
    } catch (error) {
      noteTrouble(error);
      retryTimer ??= setTimeout(retry, RETRY_MS);
    }
  }

  keepReserve();
  return {
    write(stream, bytes) {
      let held: Promise<void> | undefined;
      for (let at = 0; at < bytes.length; at += MAX_PAYLOAD_BYTES) {
        const piece = bytes.subarray(at, at + MAX_PAYLOAD_BYTES);
        if (waiting.length > 0) {
          held = hold(stream, piece);
          continue;
        }
        try {
          append(stream, piece);
        } catch (error) {
          noteTrouble(error);
          held = hold(stream, piece);
        }
      }
      return held;
    },
    sync() {
      syncNow();
    },
    async close() {
      isClosing = true;
      while (waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      clearTimeout(retryTimer);
      if (fd !== undefined) {
        syncNow();
        closeSync(fd);
        fd = undefined;
      }
      rmSync(paths.reserve, { force: true });
    },
    get bytes() {
      return offset;
    },
    get chunks() {
      return chunks;
    },
    get droppedBytes() {
      return droppedBytes;
    },
    digest: () => written.copy().digest("hex"),
    get troubles() {
      return troubles;
    },
    get isHeld() {
      return waiting.length > 0;
    },
  };
}
