import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { createXXHash128 } from "hash-wasm";
import type { ChecksumAlgorithm } from "../../../domain/action/files.ts";

/** Bytes read at a time: large enough that the disk streams, small enough that a cancel is heard at once. */
const PIECE_BYTES = 4 * 2 ** 20;

interface Hasher {
  init(): void;
  update(piece: Uint8Array): void;
  digest(): string;
}

/** One hasher per side, used again for every file: making one costs more than hashing a small file. */
export async function createHasher(algorithm: ChecksumAlgorithm): Promise<Hasher> {
  switch (algorithm) {
    case "xxh128": {
      const hasher = await createXXHash128();
      return {
        init: () => void hasher.init(),
        update: (piece) => void hasher.update(piece),
        digest: () => hasher.digest("hex"),
      };
    }
    case "md5":
    case "sha256": {
      let hash = createHash(algorithm);
      return {
        init: () => {
          hash = createHash(algorithm);
        },
        update: (piece) => void hash.update(piece),
        digest: () => hash.digest("hex"),
      };
    }
    default:
      return algorithm satisfies never;
  }
}

/** How a file is read: `allow` says how much of a piece may be read now, `buffer` is used for every piece. */
interface Reading {
  readonly buffer: Buffer;
  readonly signal: AbortSignal;
  readonly allow: (bytes: number) => Promise<number>;
  /** Hears how much was read since the last call. */
  readonly onBytes?: (bytes: number) => void;
}

/** Checksum of a file's content. */
export async function hashFile(path: Buffer | string, hasher: Hasher, how: Reading): Promise<string> {
  hasher.init();
  const file = await open(path, "r");
  try {
    for (;;) {
      how.signal.throwIfAborted();
      const allowed = await how.allow(how.buffer.length);
      const { bytesRead } = await file.read(how.buffer, 0, Math.min(allowed, how.buffer.length), null);
      if (bytesRead === 0) return hasher.digest();
      hasher.update(how.buffer.subarray(0, bytesRead));
      how.onBytes?.(bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** A buffer for `hashFile`. */
export function pieceBuffer(): Buffer {
  return Buffer.allocUnsafe(PIECE_BYTES);
}
