import { Buffer } from "node:buffer";
import { closeSync, readSync } from "node:fs";
import type { Writable } from "node:stream";
import { Failure } from "../../domain/failure.ts";
import { errnoOf } from "./durableFile.ts";

/**
 * How the bundle of sealed secrets (agent/secrets) gets from the agent to a runner: over an inherited pipe, once, as
 * `"SWS1" | length u32 BE | bytes`, then the end of the file. Never in arguments, environment or files; both sides overwrite their
 * copies.
 */
const MAGIC = Buffer.from("SWS1");
const HEAD_BYTES = 8;
const MAX_BYTES = 1024 * 1024;

/** The descriptor on which a runner finds it. */
export const SECRET_FD = 3;

/** Sends the bundle and wipes it: when this settles, the Buffer given is zeros, whether it went well or not. */
export async function sendBundle(pipe: Writable, bundle: Buffer): Promise<void> {
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeUInt32BE(bundle.length, MAGIC.length);
  try {
    await new Promise<void>((resolve, reject) => {
      pipe.once("error", reject);
      pipe.write(head);
      // Node hands the Buffer itself to the system, without a copy, and calls back when all of it is gone.
      pipe.write(bundle, (error) => (error ? reject(error) : resolve()));
    });
    pipe.end();
  } finally {
    bundle.fill(0);
  }
}

function readFully(fd: number, into: Buffer): number {
  let length = 0;
  while (length < into.length) {
    try {
      const read = readSync(fd, into, length, into.length - length, null);
      if (read === 0) break;
      length += read;
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
    }
  }
  return length;
}

/**
 * Receives the bundle in the runner and closes the descriptor, which no program may inherit. Throws `secretMissing` when the agent
 * went away before it had sent it all: the task then fails before it did anything.
 */
export function receiveBundle(fd: number): Buffer {
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const hasHead = readFully(fd, head) === HEAD_BYTES && head.subarray(0, MAGIC.length).equals(MAGIC);
    const length = hasHead ? head.readUInt32BE(MAGIC.length) : 0;
    if (length > MAX_BYTES) throw new Failure("defect", "More than 1 MiB of secrets was sent to the runner.");
    const bundle = Buffer.alloc(length);
    if (hasHead && readFully(fd, bundle) === length) return bundle;
    bundle.fill(0);
    throw new Failure("secretMissing", "The agent stopped before it had handed over the secrets. Nothing was done.");
  } finally {
    closeSync(fd);
  }
}
