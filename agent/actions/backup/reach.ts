import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import type { ProgramSpec } from "../../process/actionContext.ts";
import { dockerExecCall } from "../../tools/docker.ts";
import type { PgReach } from "../../tools/pgDump.ts";
import type { ToolCall } from "../../tools/toolCall.ts";
import { passFileLine } from "../postgres/passFileLine.ts";
import { reachOf } from "../postgres/reachOf.ts";

/** Turns a call of a client program into one that reaches the cluster: on the host, or inside the container with its own version. */
export type Reaching = (call: (to: PgReach) => ToolCall) => ProgramSpec;

/**
 * Runs `work` with a way to call the client programs of the cluster's own version. The password goes by a PGPASSFILE in memory, and
 * is gone afterwards.
 */
export async function withReach<T>(cluster: PostgresTarget, work: (reaching: Reaching) => Promise<T>): Promise<T> {
  const to = reachOf(cluster);
  if (cluster.kind === "docker") {
    return work((call) => {
      const { file, args, ...rest } = call(to);
      return { ...rest, ...dockerExecCall(cluster.container, "", [file, ...args]) };
    });
  }
  const folder = await mkdtemp("/dev/shm/slackwater-pg-");
  try {
    const passFile = join(folder, "pgpass");
    const password = cluster.passwordFile === "" ? "" : (await readFile(cluster.passwordFile, "utf8")).trim();
    await writeFile(passFile, passFileLine(password), { mode: 0o600 });
    return await work((call) => ({ ...call(to), env: { PGPASSFILE: passFile } }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
