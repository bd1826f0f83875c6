import type { Stats } from "node:fs";
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as rest } from "node:timers/promises";

/** One entry of a tree. Paths are relative, as bytes in latin1, so that names that are no UTF-8 stay what they are. */
export interface TreeEntry {
  readonly path: string;
  readonly kind: "file" | "directory" | "link" | "other";
  /** Bytes of a file's content; 0 for everything else. */
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
  /** Target of a symbolic link. */
  readonly link?: string;
}

/** So long a walk goes on before everything else of the process has its turn (ms), a cancel among it. */
const SLICE_MS = 20;

/**
 * Walks a tree, depth first and in a fixed order, without following links and without leaving it. `lost+found` at its top belongs to
 * the file system and not to the data: it is left out on both sides. Looks in place and not through the thread pool, where each of a million
 * looks costs ten times as much.
 */
export async function* walkTree(root: string, signal: AbortSignal): AsyncGenerator<TreeEntry> {
  const top = bytesAsText(root);
  const folders = [{ folder: "", names: namesIn(top), next: 0 }];
  let restAtMs = performance.now() + SLICE_MS;
  for (let at = folders.at(-1); at !== undefined; at = folders.at(-1)) {
    signal.throwIfAborted();
    if (performance.now() > restAtMs) {
      await rest();
      restAtMs = performance.now() + SLICE_MS;
    }
    const name = at.names[at.next];
    at.next += 1;
    if (name === undefined) folders.pop();
    if (name === undefined || (at.folder === "" && name === "lost+found")) continue;
    const path = at.folder === "" ? name : `${at.folder}/${name}`;
    const entry = entryOf(top, path);
    if (entry === undefined) continue;
    yield entry;
    if (entry.kind === "directory") folders.push({ folder: path, names: namesIn(join(top, path)), next: 0 });
  }
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(bytePath(folder), { encoding: "latin1" }).sort();
}

/** A path as people write it, in the form of an entry's: one letter for each byte. */
function bytesAsText(path: string): string {
  return Buffer.from(path).toString("latin1");
}

/** Where an entry lies, as the bytes that it has on disk. */
export function entryAt(root: string, path: string): Buffer {
  return bytePath(join(bytesAsText(root), path));
}

/** The path as the bytes that it is on disk. */
function bytePath(path: string): Buffer {
  return Buffer.from(path, "latin1");
}

function entryOf(root: string, path: string): TreeEntry | undefined {
  const at = bytePath(join(root, path));
  let stats: Stats;
  try {
    stats = lstatSync(at);
  } catch (error) {
    // Gone between listing and looking: on a tree at rest that can't be, and the manifest afterwards shows it.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const kind = stats.isFile() ? "file" : stats.isDirectory() ? "directory" : stats.isSymbolicLink() ? "link" : "other";
  return {
    path,
    kind,
    sizeBytes: kind === "file" ? stats.size : 0,
    modifiedMs: Math.round(stats.mtimeMs),
    uid: stats.uid,
    gid: stats.gid,
    mode: stats.mode & 0o7777,
    ...(kind === "link" ? { link: readlinkSync(at, "latin1") } : {}),
  };
}
