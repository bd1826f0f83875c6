import type { FileHandle } from "node:fs/promises";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "./durableFile.ts";
import type { OutputRecord } from "./spoolRecord.ts";
import {
  decodeRecord,
  findRecord,
  HEADER_BYTES,
  MAX_PAYLOAD_BYTES,
  segmentName,
  segmentOffset,
} from "./spoolRecord.ts";

/** A piece of output as read, or the plain statement that a piece is gone. */
export type OutputChunk =
  | ({ readonly kind: "bytes" } & OutputRecord)
  /** `length` bytes from `offset` on can't be had: dropped for the size limit, or damaged on the disk. */
  | { readonly kind: "lost"; readonly offset: number; readonly length: number; readonly because: "limit" | "damaged" };

/** Reads a task's output from any byte on, while it is still being written or long after. */
export interface SpoolReader {
  /** What there is by now, up to about 256 KiB; empty when there is nothing new. In order, without overlap, nothing silently left out. */
  read(): Promise<OutputChunk[]>;
  /** The next byte that `read` will give. */
  readonly offset: number;
  close(): Promise<void>;
}

const READ_BYTES = 256 * 1024;

async function segmentOffsets(outputDir: string): Promise<number[]> {
  try {
    const names = await readdir(outputDir);
    return names.flatMap((name) => segmentOffset(name) ?? []).sort((a, b) => a - b);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Opens the output in `outputDir` for reading from byte `from` on. A byte that isn't there yet is waited for, not an error. */
export function openSpoolReader(outputDir: string, from: number): SpoolReader {
  let offset = from;
  let file: { handle: FileHandle; segment: number; position: number } | undefined;
  const buffer = Buffer.allocUnsafe(READ_BYTES);

  async function leave(): Promise<void> {
    await file?.handle.close();
    file = undefined;
  }

  /** Goes to the beginning of a segment; false when it is gone, dropped between the listing and now. */
  async function enter(segment: number): Promise<boolean> {
    await leave();
    try {
      file = { handle: await open(join(outputDir, segmentName(segment)), "r"), segment, position: 0 };
      return true;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return false;
      throw error;
    }
  }

  function gap(until: number, because: "limit" | "damaged"): OutputChunk[] {
    if (until <= offset) return [];
    const lost = { kind: "lost", offset, length: until - offset, because } as const;
    offset = until;
    return [lost];
  }

  /** What a record adds from `offset` on: usually all of it, nothing when it is older, less when `offset` lies within. */
  function take(record: OutputRecord): OutputChunk[] {
    const skip = offset - record.offset;
    if (skip >= record.bytes.length) return [];
    const lost = skip < 0 ? gap(record.offset, "damaged") : [];
    // Copied: the buffer is used again by the next read.
    const bytes = Buffer.from(record.bytes.subarray(Math.max(skip, 0)));
    const chunk = { kind: "bytes", ...record, offset, bytes } as const;
    offset += bytes.length;
    return [...lost, chunk];
  }

  /**
   * Reads on in the current segment. Only whole records move the position: a record that is still being written, or is taken
   * back because the disk is full, is read again from its beginning the next time.
   */
  async function readOn(current: {
    handle: FileHandle;
    position: number;
  }): Promise<{ chunks: OutputChunk[]; rest: number }> {
    const chunks: OutputChunk[] = [];
    for (;;) {
      const { bytesRead } = await current.handle.read(buffer, 0, READ_BYTES, current.position);
      const window = buffer.subarray(0, bytesRead);
      let at = 0;
      for (;;) {
        const decoded = decodeRecord(window, at);
        if (decoded.kind === "record") chunks.push(...take(decoded.record));
        const next = decoded.kind === "incomplete" ? undefined : (decoded.next ?? findRecord(window, at + 1));
        if (next === undefined) break;
        at = next;
      }
      // A full window without a single record is damage all through; the last record of it may be cut by its border.
      if (at === 0 && bytesRead === READ_BYTES) at = READ_BYTES - HEADER_BYTES - MAX_PAYLOAD_BYTES;
      current.position += at;
      if (chunks.length > 0 || at === 0) return { chunks, rest: bytesRead - at };
    }
  }

  async function read(): Promise<OutputChunk[]> {
    if (!file) {
      const offsets = await segmentOffsets(outputDir);
      const start = offsets.findLast((first) => first <= offset) ?? offsets[0];
      if (start === undefined || !(await enter(start))) return [];
      const lost = gap(start, "limit");
      if (lost.length > 0) return lost;
    }
    if (!file) return [];
    const current = file;
    const { chunks } = await readOn(current);
    if (chunks.length > 0) return chunks;
    // At the end of this segment. If there is a later one, one more look here: the last record may have come in between.
    const next = (await segmentOffsets(outputDir)).find((first) => first > current.segment);
    if (next === undefined) return [];
    const late = await readOn(current);
    if (late.chunks.length > 0) return late.chunks;
    if (!(await enter(next))) return [];
    const lost = gap(next, late.rest > 0 ? "damaged" : "limit");
    return lost.length > 0 ? lost : read();
  }

  return {
    read,
    get offset() {
      return offset;
    },
    close: leave,
  };
}
