import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ActionContext } from "../../process/actionContext.ts";
import { syncDirectory } from "../../process/durableFile.ts";
import { fileDigest } from "../backup/fileDigest.ts";
import type { Copied } from "./copyDurably.ts";
import { copyDurably } from "./copyDurably.ts";
import { pendingOf, stampOf } from "./databaseFile.ts";

/** A state that was kept. */
export interface Kept extends Copied {
  readonly path: string;
}

/** First part of the name of a kept state. */
export const keptPrefixOf = (path: string) => `pre-restore-${basename(path, ".db")}-`;

/**
 * Keeps the present state of a database that nobody has open, byte by byte with its log and journal: it may be damaged, which is
 * why it is about to be replaced, and SQLite's own copy would refuse it. Whole or not at all.
 */
export async function keepPresent(path: string, folder: string, context: ActionContext): Promise<Kept> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = join(folder, `${keptPrefixOf(path)}${stampOf(context.now())}.db`);
  const files = [{ ending: "" }, ...(await pendingOf(path))].map(({ ending }) => ending);
  const made: string[] = [];
  try {
    const copies: Copied[] = [];
    for (const ending of files) {
      copies.push(await copyDurably(`${path}${ending}`, `${kept}${ending}`, context));
      made.push(`${kept}${ending}`);
    }
    syncDirectory(folder);
    syncDirectory(dirname(folder));
    const [main = { sizeBytes: 0, sha256: "" }] = copies;
    return { path: kept, ...main };
  } catch (error) {
    for (const file of made) await rm(file, { force: true });
    throw error;
  }
}

/** The newest state that was kept of a database in a folder; undefined for none. */
export async function newestKept(path: string, folder: string, context: ActionContext): Promise<Kept | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => name.startsWith(keptPrefixOf(path)) && name.endsWith(".db"),
  );
  const newest = names.sort().at(-1);
  if (newest === undefined) return undefined;
  const kept = join(folder, newest);
  return { path: kept, sizeBytes: (await stat(kept)).size, sha256: await fileDigest(kept, context) };
}
