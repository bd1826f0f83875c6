import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";

/** Where the agent keeps what a later step has to put back: root-only, on the host's own disk, beside nothing of the database's. */
const KEPT_DIRECTORY = process.env.SLACKWATER_KEPT_DIRECTORY ?? "/var/lib/slackwater/kept";

/** Where a record lies, for a person who has to read or write it by hand. */
export const keptPathOf = (name: string) => join(KEPT_DIRECTORY, name);

/** Keeps a record under a file name; it is on the disk when this resolves. */
export async function keepFile(name: string, kept: object): Promise<void> {
  await mkdir(KEPT_DIRECTORY, { recursive: true, mode: 0o700 });
  await writeFile(keptPathOf(name), JSON.stringify(kept), { mode: 0o600, flush: true });
}

/** What was kept under a name; undefined for nothing. */
export async function readKept<Shape extends z.ZodType>(
  name: string,
  shape: Shape,
): Promise<z.output<Shape> | undefined> {
  const text = await readFile(keptPathOf(name), "utf8").catch(() => undefined);
  return text === undefined ? undefined : shape.parse(JSON.parse(text));
}

/** Forgets it. What is not there is a success. */
export async function forgetKept(name: string): Promise<void> {
  await rm(keptPathOf(name), { force: true });
}
