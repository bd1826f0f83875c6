import { z } from "zod";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import { forgetKept, keepFile, keptPathOf, readKept } from "../keptFile.ts";

const KeptPolicy = z.object({ policy: z.string(), directory: z.string() });
const KeptLimit = z.object({ connectionLimit: z.int() });

const policyFile = (container: string) => `restart-policy.${container}.json`;
const limitFile = ({ container, port, database }: PostgresTarget) =>
  // A half of a character, which no database is called by, would be an error of encodeURIComponent.
  `connection-limit.${encodeURIComponent(`${container}:${port}:${database.toWellFormed()}`)}.json`;

/** Remembers the restart policy that a container had while it ran on a directory. The first one kept wins: a repeat must not keep `no`. */
export async function keepRestartPolicy(container: string, kept: z.infer<typeof KeptPolicy>): Promise<void> {
  if ((await keptRestartPolicy(container)) === undefined) await keepFile(policyFile(container), kept);
}

/** What was kept for a container; undefined for nothing. */
export function keptRestartPolicy(container: string): Promise<z.infer<typeof KeptPolicy> | undefined> {
  return readKept(policyFile(container), KeptPolicy);
}

/** Forgets it, once it was put back. */
export async function forgetRestartPolicy(container: string): Promise<void> {
  await forgetKept(policyFile(container));
}

/** Remembers the connection limit that a database had before it was closed. 0 is our own closing, met again, and is not kept. */
export async function keepConnectionLimit(cluster: PostgresTarget, connectionLimit: number): Promise<void> {
  if (connectionLimit !== 0) await keepFile(limitFile(cluster), { connectionLimit });
}

/** Where the limit of a database is kept. */
export const limitPathOf = (cluster: PostgresTarget): string => keptPathOf(limitFile(cluster));

/** The limit that was kept; undefined for none. It stays kept: a database is opened more than once on the way back. */
export async function keptConnectionLimit(cluster: PostgresTarget): Promise<number | undefined> {
  return (await readKept(limitFile(cluster), KeptLimit))?.connectionLimit;
}
