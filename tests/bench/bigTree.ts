import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A folder of files to copy and compare. */
export interface BigTree {
  /** Paths below the folder, of files large enough that opening them costs nothing beside reading them. */
  readonly bigFiles: readonly string[];
  readonly sizeBytes: number;
}

const BIG_FILES = 8;
const BIG_BYTES = 2 ** 30;
/** PostgreSQL cuts its tables at 1 GiB and has many small ones beside. */
const SMALL_FILES = 4_000;
const SMALL_BYTES = 128 * 1024;
const PIECE_BYTES = 2 ** 24;

/** Fills a folder as a data directory is filled: a few files of 1 GiB, and thousands of small ones. Nothing in it can be compressed. */
export function makeTree(folder: string): BigTree {
  const piece = randomFillSync(Buffer.alloc(PIECE_BYTES));
  let written = 0;
  // No two pieces are equal, or a file system that shares blocks would be measured.
  const stamp = () => {
    written += 1;
    piece.writeBigUInt64LE(BigInt(written));
  };
  mkdirSync(join(folder, "base"));
  const bigFiles = Array.from({ length: BIG_FILES }, (_, index) => `base/${index}`);
  for (const name of bigFiles) {
    const file = openSync(join(folder, name), "w");
    for (let at = 0; at < BIG_BYTES; at += PIECE_BYTES) {
      stamp();
      writeSync(file, piece);
    }
    closeSync(file);
  }
  for (let index = 0; index < SMALL_FILES; index += 1) {
    const below = join(folder, "base", `small-${index % 40}`);
    if (index < 40) mkdirSync(below);
    stamp();
    writeFileSync(join(below, String(index)), piece.subarray(0, SMALL_BYTES));
  }
  return { bigFiles, sizeBytes: BIG_FILES * BIG_BYTES + SMALL_FILES * SMALL_BYTES };
}
