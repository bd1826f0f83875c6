import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** Where the agent keeps what a later step has to put back: root-only, on the host's own disk, beside nothing of the database's. */
const KEPT_DIRECTORY = process.env.SLACKWATER_KEPT_DIRECTORY ?? "/var/lib/slackwater/kept";

const KeptPolicy = z.object({ policy: z.string(), directory: z.string() });

const fileOf = (container: string) => join(KEPT_DIRECTORY, `restart-policy.${container}.json`);

/** Remembers the restart policy that a container had while it ran on a directory. The first one kept wins: a repeat must not keep `no`. */
export async function keepRestartPolicy(container: string, kept: z.infer<typeof KeptPolicy>): Promise<void> {
  if ((await keptRestartPolicy(container)) !== undefined) return;
  await mkdir(KEPT_DIRECTORY, { recursive: true, mode: 0o700 });
  await writeFile(fileOf(container), JSON.stringify(kept), { mode: 0o600, flush: true });
}

/** What was kept for a container; undefined for nothing. */
export async function keptRestartPolicy(container: string): Promise<z.infer<typeof KeptPolicy> | undefined> {
  const text = await readFile(fileOf(container), "utf8").catch(() => undefined);
  return text === undefined ? undefined : KeptPolicy.parse(JSON.parse(text));
}

/** Forgets it, once it was put back. */
export async function forgetRestartPolicy(container: string): Promise<void> {
  await rm(fileOf(container), { force: true });
}
