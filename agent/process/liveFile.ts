import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { errnoOf } from "./durableFile.ts";

/** A small file whose content is replaced many times a second and is worth something only now. */
export interface LiveFile {
  /** Writes the content anew. Throws what the system says (a full disk). */
  write(content: object): void;
  close(): void;
}

const LEAST_BYTES = 1024;

/**
 * Rewrites a JSON file in place, with one write each: creating and renaming a file each time costs more than all the rest of a
 * line's way to the browser (measured: 1 to 2 ms). A reader may come in the middle of a write, so that `turn` stands first and `again`
 * last: where they differ, it was torn, and the change that is told next brings the whole. JSON ends in spaces, so that
 * a shorter content leaves nothing of a longer one.
 */
export function openLiveFile(path: string): LiveFile {
  let fd: number | undefined;
  let sizeBytes = LEAST_BYTES;
  let turn = 0;
  return {
    write(content) {
      turn += 1;
      const text = JSON.stringify({ turn, ...content, again: turn });
      const lengthBytes = Buffer.byteLength(text);
      sizeBytes = Math.max(sizeBytes, lengthBytes);
      fd ??= openSync(path, "w", 0o600);
      writeSync(fd, text + " ".repeat(sizeBytes - lengthBytes), 0);
    },
    close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

/** The other side of a live file. */
export interface LiveReader {
  /** What stands there now, perhaps torn; undefined while there is no file. */
  read(): string | undefined;
  close(): void;
}

/** Reads a live file again and again. It stays open meanwhile: to open it each time costs more than all that is done with what it holds. */
export function openLiveReader(path: string): LiveReader {
  let fd: number | undefined;
  let buffer = Buffer.alloc(2 * LEAST_BYTES);
  const readAll = (file: number): string => {
    for (;;) {
      const bytes = readSync(file, buffer, 0, buffer.length, 0);
      if (bytes < buffer.length) return buffer.toString("utf8", 0, bytes);
      buffer = Buffer.alloc(2 * buffer.length);
    }
  };
  return {
    read() {
      try {
        fd ??= openSync(path, "r");
        return readAll(fd);
      } catch (error) {
        if (errnoOf(error) === "ENOENT") return undefined;
        throw error;
      }
    },
    close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}
