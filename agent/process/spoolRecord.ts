import { crc32 } from "node:zlib";

/**
 * One framed record of a task's output, as it lies in a segment file (docs/agent-spool.md):
 *
 *     0  magic "SWO1"        4  stream (1 stdout, 2 stderr, 3 note)    5  three zero bytes
 *     8  offset, u64 BE     16  written at, ms since epoch, u64 BE
 *    24  sequence, u32 BE   28  payload length, u32 BE
 *    32  CRC-32 of bytes 0-31, u32 BE                 36  CRC-32 of the payload, u32 BE
 *    40  payload
 *
 * The header has a checksum of its own, so that a sound length can be told from a damaged one: what is not all there yet is
 * waited for, and what is damaged is stepped over without looking for records inside a payload.
 */
export const HEADER_BYTES = 40;
const MAGIC = Buffer.from("SWO1");

/** Largest payload of one record in bytes; the same as the largest piece on the wire. */
export const MAX_PAYLOAD_BYTES = 65_536;

/** `note` is the runner's own voice: what it starts, what the action says, what was held up. */
export const STREAMS = ["stdout", "stderr", "note"] as const;
export type OutputStream = (typeof STREAMS)[number];

/** A piece of a task's output. */
export interface OutputRecord {
  readonly stream: OutputStream;
  /** Counts the records of a task from 1, over all streams. */
  readonly sequence: number;
  /** Place of the first byte in the task's whole output, all streams in the order in which they were read. */
  readonly offset: number;
  /** When it was written, ms since the epoch. */
  readonly at: number;
  readonly bytes: Buffer;
}

/** The header of a record; its payload follows as it is. */
export function encodeHeader(record: OutputRecord): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header[4] = STREAMS.indexOf(record.stream) + 1;
  header.writeBigUInt64BE(BigInt(record.offset), 8);
  header.writeBigUInt64BE(BigInt(record.at), 16);
  header.writeUInt32BE(record.sequence, 24);
  header.writeUInt32BE(record.bytes.length, 28);
  header.writeUInt32BE(crc32(header.subarray(0, 32)), 32);
  header.writeUInt32BE(crc32(record.bytes), 36);
  return header;
}

export type Decoded =
  | { readonly kind: "record"; readonly record: OutputRecord; readonly next: number }
  /** The bytes end before the record does. At the end of a file this is a write in progress, or a torn tail. */
  | { readonly kind: "incomplete" }
  /** There is no sound record at this place. With a sound header it is known where the one after it begins. */
  | { readonly kind: "damaged"; readonly next: number | undefined };

/** Reads the record at `at`. The payload shares the memory of `bytes`. */
export function decodeRecord(bytes: Buffer, at: number): Decoded {
  if (bytes.length - at < HEADER_BYTES) return { kind: "incomplete" };
  const header = bytes.subarray(at, at + HEADER_BYTES);
  const stream = STREAMS[(header[4] ?? 0) - 1];
  const length = header.readUInt32BE(28);
  const isSound = header.subarray(0, 4).equals(MAGIC) && crc32(header.subarray(0, 32)) === header.readUInt32BE(32);
  if (!isSound || stream === undefined || length > MAX_PAYLOAD_BYTES) return { kind: "damaged", next: undefined };
  const start = at + HEADER_BYTES;
  if (bytes.length - start < length) return { kind: "incomplete" };
  const payload = bytes.subarray(start, start + length);
  if (crc32(payload) !== header.readUInt32BE(36)) return { kind: "damaged", next: start + length };
  const record = {
    stream,
    sequence: header.readUInt32BE(24),
    offset: Number(header.readBigUInt64BE(8)),
    at: Number(header.readBigUInt64BE(16)),
    bytes: payload,
  };
  return { kind: "record", record, next: start + length };
}

/** The next place after `from` where a whole and sound record begins; undefined when there is none. */
export function findRecord(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(MAGIC, from); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
    if (decodeRecord(bytes, at).kind === "record") return at;
  }
  return undefined;
}

/** Name of the segment file whose first byte of output is at `offset`; names sort as offsets do. */
export function segmentName(offset: number): string {
  return `${offset.toString().padStart(16, "0")}.seg`;
}

/** The offset that a segment's name tells; undefined for any other file. */
export function segmentOffset(name: string): number | undefined {
  return /^\d{16}\.seg$/.test(name) ? Number(name.slice(0, 16)) : undefined;
}
