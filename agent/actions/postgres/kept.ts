import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";

/** Where the agent keeps what a later step has to put back: root-only, on the host's own disk, beside nothing of the database's. */
const KEPT_DIRECTORY = process.env.SLACKWATER_KEPT_DIRECTORY ?? "/var/lib/slackwater/kept";

const KeptPolicy = z.object({ policy: z.string(), directory: z.string() });
const KeptLimit = z.object({ connectionLimit: z.int() });

const policyFile = (container: string) => join(KEPT_DIRECTORY, `restart-policy.${container}.json`);
const limitFile = ({ container, port, database }: PostgresTarget) =>
  join(KEPT_DIRECTORY, `connection-limit.${encodeURIComponent(`${container}:${port}:${database}`)}.json`);

async function keep(file: string, kept: object): Promise<void> {
  await mkdir(KEPT_DIRECTORY, { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify(kept), { mode: 0o600, flush: true });
}

async function read<Shape extends z.ZodType>(file: string, shape: Shape): Promise<z.output<Shape> | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : shape.parse(JSON.parse(text));
}

/** Remembers the restart policy that a container had while it ran on a directory. The first one kept wins: a repeat must not keep `no`. */
export async function keepRestartPolicy(container: string, kept: z.infer<typeof KeptPolicy>): Promise<void> {
  if ((await keptRestartPolicy(container)) === undefined) await keep(policyFile(container), kept);
}

/** What was kept for a container; undefined for nothing. */
export function keptRestartPolicy(container: string): Promise<z.infer<typeof KeptPolicy> | undefined> {
  return read(policyFile(container), KeptPolicy);
}

/** Forgets it, once it was put back. */
export async function forgetRestartPolicy(container: string): Promise<void> {
  await rm(policyFile(container), { force: true });
}

/** Remembers the connection limit that a database had before it was closed. 0 is our own closing, met again, and is not kept. */
export async function keepConnectionLimit(cluster: PostgresTarget, connectionLimit: number): Promise<void> {
  if (connectionLimit !== 0) await keep(limitFile(cluster), { connectionLimit });
}

/** The limit that was kept; undefined for none. It stays kept: a database is opened more than once on the way back. */
export async function keptConnectionLimit(cluster: PostgresTarget): Promise<number | undefined> {
  return (await read(limitFile(cluster), KeptLimit))?.connectionLimit;
}
