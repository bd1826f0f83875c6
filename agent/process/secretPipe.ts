import { Buffer } from "node:buffer";
import { readSync } from "node:fs";
import type { Writable } from "node:stream";
import { Failure } from "../../domain/failure.ts";
import { errnoOf } from "./durableFile.ts";

/**
 * How secrets get from the agent to a runner: over an inherited pipe, once, as
 * `"SWS1" | count u16 | (name length u16 | name | length u32 | bytes)*`, big endian, then the end of the file.
 * They are never in arguments, environment or files, and both sides overwrite their copies.
 */
const MAGIC = Buffer.from("SWS1");
const MAX_BYTES = 1024 * 1024;

/** The descriptor on which a runner finds them. */
export const SECRET_FD = 3;

function encode(secrets: ReadonlyMap<string, Buffer>): Buffer {
  const names = [...secrets].map(([name, bytes]) => ({ name: Buffer.from(name), bytes }));
  const size = names.reduce((sum, { name, bytes }) => sum + 6 + name.length + bytes.length, MAGIC.length + 2);
  const frame = Buffer.alloc(size);
  MAGIC.copy(frame);
  let at = frame.writeUInt16BE(names.length, MAGIC.length);
  for (const { name, bytes } of names) {
    at = frame.writeUInt16BE(name.length, at);
    at += name.copy(frame, at);
    at = frame.writeUInt32BE(bytes.length, at);
    at += bytes.copy(frame, at);
  }
  return frame;
}

/** Sends the secrets and wipes them: when this settles, the Buffers given are zeros, whether it went well or not. */
export async function sendSecrets(pipe: Writable, secrets: ReadonlyMap<string, Buffer>): Promise<void> {
  const frame = encode(secrets);
  try {
    await new Promise<void>((resolve, reject) => {
      pipe.once("error", reject);
      pipe.write(frame, (error) => (error ? reject(error) : resolve()));
    });
    pipe.end();
  } finally {
    for (const bytes of [frame, ...secrets.values()]) bytes.fill(0);
  }
}

/** Reads all there is on a descriptor, into memory that is wiped when it had to be outgrown. */
function readAll(fd: number): Buffer {
  let buffer = Buffer.alloc(16_384);
  let length = 0;
  for (;;) {
    if (length === buffer.length) {
      if (length >= MAX_BYTES) throw new Failure("defect", "More than 1 MiB of secrets was sent to the runner.");
      const larger = Buffer.alloc(length * 4);
      buffer.copy(larger);
      buffer.fill(0);
      buffer = larger;
    }
    try {
      const read = readSync(fd, buffer, length, buffer.length - length, null);
      if (read === 0) return buffer.subarray(0, length);
      length += read;
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
    }
  }
}

/**
 * Receives the secrets in the runner. Throws `secretMissing` when the agent went away before it had sent them all: the task then
 * fails before it did anything.
 */
export function receiveSecrets(fd: number, expected: readonly string[]): Map<string, Buffer> {
  const frame = readAll(fd);
  const secrets = new Map<string, Buffer>();
  try {
    const isWhole = frame.length >= 6 && frame.subarray(0, 4).equals(MAGIC);
    const count = isWhole ? frame.readUInt16BE(4) : 0;
    let at = 6;
    for (let i = 0; i < count; i += 1) {
      const nameEnd = at + 2 + frame.readUInt16BE(at);
      const name = frame.toString("utf8", at + 2, nameEnd);
      const end = nameEnd + 4 + frame.readUInt32BE(nameEnd);
      if (end > frame.length) break;
      const bytes = Buffer.alloc(end - nameEnd - 4);
      frame.copy(bytes, 0, nameEnd + 4, end);
      secrets.set(name, bytes);
      at = end;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The frame ends early; what is missing is named below.
  } finally {
    frame.fill(0);
  }
  const missing = expected.filter((name) => !secrets.has(name));
  if (missing.length === 0) return secrets;
  for (const bytes of secrets.values()) bytes.fill(0);
  throw new Failure("secretMissing", `The agent stopped before it had handed over: ${missing.join(", ")}.`);
}
