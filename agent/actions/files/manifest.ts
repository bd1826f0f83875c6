import { createHash } from "node:crypto";
import { lstat } from "node:fs/promises";
import { filesManifest } from "../../../domain/action/files.ts";
import { bash } from "../../byHand/bash.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";
import { walkTree } from "./tree.ts";
import { LISTED } from "./treeByHand.ts";

/** A tree in figures: what `files.manifest` answers and what a copy compares before and after. */
export interface Manifest {
  readonly filesCount: number;
  readonly directoriesCount: number;
  readonly sizeBytes: number;
  /** SHA-256 over every entry's name, kind, size, time, owner, mode and link target: changes when anybody wrote. */
  readonly digest: string;
}

/** Lists a tree. Contents are not read. */
export async function manifestOf(root: string, signal: AbortSignal): Promise<Manifest> {
  const hash = createHash("sha256");
  let filesCount = 0;
  let directoriesCount = 0;
  let sizeBytes = 0;
  for await (const entry of walkTree(root, signal)) {
    if (entry.kind === "directory") directoriesCount += 1;
    else filesCount += 1;
    sizeBytes += entry.sizeBytes;
    // NUL can't be in a name, so the fields can't run into each other.
    hash.update(
      [
        entry.path,
        entry.kind,
        entry.sizeBytes,
        entry.modifiedMs,
        entry.uid,
        entry.gid,
        entry.mode,
        entry.link ?? "",
      ].join("\0"),
      "latin1",
    );
    hash.update("\n");
  }
  return { filesCount, directoriesCount, sizeBytes, digest: hash.digest("hex") };
}

/** `files.manifest`. */
export const filesManifestAction = observing(filesManifest, {
  plan: ({ path }) => [noteOf(`list ${path} without reading contents`, [bash`${LISTED} ${path}`])],
  run: async ({ path }, { signal }) => {
    const manifest = await manifestOf(path, signal);
    const { uid, gid } = await lstat(path);
    return {
      files_count: manifest.filesCount,
      directories_count: manifest.directoriesCount,
      size_bytes: manifest.sizeBytes,
      manifest: manifest.digest,
      owner: `${uid}:${gid}`,
    };
  },
});
