import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { fileDigest } from "../backup/fileDigest.ts";

/** Bytes read at a time. */
const PIECE_BYTES = 2 ** 20;

/** A file that was copied. */
export interface Copied {
  readonly sizeBytes: number;
  /** Of both, hexadecimal. */
  readonly sha256: string;
}

/**
 * Copies a file's bytes into a new one that only root can read. When it returns, they are on the disk and were read again and found
 * equal; the name is for the caller to make durable. Throws `ioError` where they differ.
 */
export async function copyDurably(from: string, to: string, context: ActionContext): Promise<Copied> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  async function* pieces() {
    for await (const piece of createReadStream(from, { highWaterMark: PIECE_BYTES, signal: context.signal })) {
      if (!(piece instanceof Uint8Array)) continue;
      hash.update(piece);
      sizeBytes += piece.length;
      yield piece;
    }
  }
  const target = await open(to, "wx", 0o600);
  try {
    await target.writeFile(pieces());
    await target.sync();
  } finally {
    await target.close();
  }
  const sha256 = hash.digest("hex");
  if ((await fileDigest(to, context)) !== sha256)
    throw new Failure("ioError", `${to} does not hold what ${from} holds.`);
  return { sizeBytes, sha256 };
}
