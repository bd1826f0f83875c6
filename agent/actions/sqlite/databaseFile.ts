import { open, rm, stat } from "node:fs/promises";
import { Failure } from "../../../domain/failure.ts";

/**
 * What SQLite keeps beside a database: the log with what was written last (`-wal`) and its index, or the journal that undoes a
 * transaction which was not finished. Log and journal are part of the data; the index is made anew.
 */
const SIDE_FILES = ["-wal", "-shm", "-journal"] as const;

/** The files of a database, whether or not they are there. */
export const filesOf = (path: string): readonly string[] => [path, ...sideFilesOf(path)];

/** The files that SQLite may have made beside a database. */
export const sideFilesOf = (path: string): readonly string[] => SIDE_FILES.map((ending) => `${path}${ending}`);

/** Log and journal of a database that hold something, by the ending of their names. */
export async function pendingOf(path: string): Promise<readonly { readonly ending: string; readonly bytes: number }[]> {
  const pending = ["-wal", "-journal"].map(async (ending) => ({ ending, bytes: await sizeOf(`${path}${ending}`) }));
  return (await Promise.all(pending)).filter(({ bytes }) => bytes > 0);
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/**
 * Size, owner and mode of a database file. Throws `deviceMissing` where there is none, or no plain file (a pipe would be waited
 * for).
 */
export async function statDatabase(path: string) {
  const found = await stat(path).catch((error: unknown) => {
    throw new Failure("deviceMissing", `There is no database at ${path}.`, { cause: error });
  });
  if (!found.isFile()) throw new Failure("deviceMissing", `${path} is no file.`);
  return found;
}

/** Makes a file's bytes survive a power cut. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Removes a database file of ours that was not finished, with what SQLite made beside it. */
export async function removeUnfinished(path: string): Promise<void> {
  for (const file of filesOf(path)) await rm(file, { force: true });
}

/** A moment as it stands in a file name, so that names sort by it: `20261130T071522123Z`. */
export const stampOf = (at: number) => new Date(at).toISOString().replaceAll(/[-:.]/g, "");
