import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Failure } from "../../../../domain/failure.ts";
import { errnoOf } from "../../../process/durableFile.ts";
import { forgetKept, keepFile, readKept } from "../../keptFile.ts";
import { openBelow } from "../../openFiles.ts";

const Begun = z.object({ directory: z.string() });

const nameOf = (directory: string) =>
  `base-backup-begun.${createHash("sha256").update(directory).digest("hex").slice(0, 32)}.json`;

/** Writes down, before anything lies in the folder, that what will lie there is ours and not whole yet. */
export async function noteBegun(directory: string): Promise<void> {
  await keepFile(nameOf(directory), { directory });
}

/** The backup is whole: from now on it is data, and nothing of ours removes it. */
export async function forgetBegun(directory: string): Promise<void> {
  await forgetKept(nameOf(directory));
}

/** True where a base backup was begun in the folder and never finished. */
export async function isBegun(directory: string): Promise<boolean> {
  return (await readKept(nameOf(directory), Begun))?.directory === directory;
}

/** What lies in a folder; nothing where there is none. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  });
}

/**
 * Leaves an empty folder, or none: an unfinished backup of ours is removed, since pg_basebackup can't go on with one. Throws `volumeExists`
 * for anything else that lies there, `deviceInUse` where a
 * server has been started on it since.
 */
export async function requireEmpty(directory: string, log: (line: string) => void): Promise<void> {
  const names = await namesIn(directory);
  if (names.length === 0) return;
  if (!(await isBegun(directory))) {
    throw new Failure(
      "volumeExists",
      `${directory} is not empty: ${names.slice(0, 3).join(", ")} lies there. A base backup needs a folder of its own.`,
    );
  }
  // Begun once by us, and then perhaps made whole by somebody's hand, and in use.
  const [user] = await openBelow(directory);
  if (user !== undefined || names.includes("postmaster.pid")) {
    throw new Failure(
      "deviceInUse",
      `${directory} is in use${user === undefined ? ": a postmaster.pid lies there" : ` by ${user.command} (${user.pid})`}. Nothing was removed.`,
    );
  }
  log(`${directory} has an unfinished base backup of an earlier attempt. It is removed, and the copy begins again.`);
  for (const name of names) await rm(join(directory, name), { recursive: true, force: true });
}
