import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Makes a change of a directory's entries (a new name, a rename) survive a power cut. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Writes all of it: a short write is followed by another, until an error says why not. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written, bytes.length - written);
}

/**
 * Replaces a file so that a reader sees the old one or the new one, never a half. With `durable` it is on the disk, name and
 * all, before this returns. Files are readable by their owner only.
 */
export function replaceFile(path: string, text: string, options: { durable: boolean }): void {
  const temporary = `${path}.new`;
  try {
    const fd = openSync(temporary, "w", 0o600);
    try {
      writeFully(fd, Buffer.from(text));
      if (options.durable) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (options.durable) syncDirectory(dirname(path));
}

/**
 * Adds bytes behind those that are known to be whole; they are on the disk when this returns. What an earlier write that failed left behind
 * that length is cut off. Readable by its owner only.
 */
export function appendDurably(path: string, bytes: Uint8Array, atBytes: number): void {
  const fd = openSync(path, "a", 0o600);
  try {
    ftruncateSync(fd, atBytes);
    writeFully(fd, bytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  if (atBytes === 0) syncDirectory(dirname(path));
}

/** The system's name of an error (`ENOSPC`), or undefined for anything else that was thrown. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return undefined;
}
