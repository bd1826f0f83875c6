import type { Stats } from "node:fs";
import { lstat, opendir, readlink } from "node:fs/promises";
import { join } from "node:path";

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

/**
 * Walks a tree, depth first and in a fixed order, without following links and without leaving it. `lost+found` at its top belongs to
 * the file system and not to the data: it is left out on both sides.
 */
export async function* walkTree(root: string, signal: AbortSignal): AsyncGenerator<TreeEntry> {
  yield* walkFolder(bytesAsText(root), "", signal);
}

/** A path as people write it, in the form of an entry's: one letter for each byte. */
function bytesAsText(path: string): string {
  return Buffer.from(path).toString("latin1");
}

/** Where an entry lies, as the bytes that it has on disk. */
export function entryAt(root: string, path: string): Buffer {
  return bytePath(join(bytesAsText(root), path));
}

async function* walkFolder(root: string, folder: string, signal: AbortSignal): AsyncGenerator<TreeEntry> {
  signal.throwIfAborted();
  const names: string[] = [];
  for await (const entry of await opendir(bytePath(join(root, folder)), { encoding: "latin1" })) names.push(entry.name);
  for (const name of names.sort()) {
    if (folder === "" && name === "lost+found") continue;
    const path = folder === "" ? name : `${folder}/${name}`;
    const entry = await entryOf(root, path);
    if (entry === undefined) continue;
    yield entry;
    if (entry.kind === "directory") yield* walkFolder(root, path, signal);
  }
}

/** The path as the bytes that it is on disk. */
function bytePath(path: string): Buffer {
  return Buffer.from(path, "latin1");
}

async function entryOf(root: string, path: string): Promise<TreeEntry | undefined> {
  const at = bytePath(join(root, path));
  let stats: Stats;
  try {
    stats = await lstat(at);
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
    ...(kind === "link" ? { link: await readlink(at, "latin1") } : {}),
  };
}
