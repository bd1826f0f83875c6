import { readFile } from "node:fs/promises";
import type pg from "pg";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import { Failure } from "../../../domain/failure.ts";

/** Under this name our own sessions are known, and left alone, when the writers are stopped. */
export const OUR_APPLICATION = "slackwater-agent";

/** Settings of our sessions: what a row is as text depends on them, and so does its digest. */
export const SESSION_OPTIONS = ["timezone=UTC", "lc_messages=C", "search_path=public"] as const;

/** How long a server may take to let us in (ms): on a busy host a log-in alone can take seconds. */
export const CONNECT_WITHIN_MS = 20_000;

/** SQLSTATEs that mean "not now": the server is starting, stopping or full. */
const NOT_NOW = new Set(["57P01", "57P02", "57P03", "53300"]);

/**
 * Runs `work` over one connection to the cluster, through its socket folder or 127.0.0.1, and closes it whatever happens: a session
 * left open would hang a smart stop. Throws `databaseUnreachable` when the server does not answer.
 */
export async function withClient<T>(
  cluster: PostgresTarget,
  work: (client: pg.Client) => Promise<T>,
  database = cluster.database,
  connectWithinMs = CONNECT_WITHIN_MS,
): Promise<T> {
  // Loaded here: half of the actions beside this file look at PostgreSQL from outside only.
  const { Client, DatabaseError } = (await import("pg")).default;
  const client = new Client({
    host: cluster.socketDir === "" ? "127.0.0.1" : cluster.socketDir,
    port: cluster.port,
    user: cluster.user,
    database,
    ...(cluster.passwordFile === "" ? {} : { password: (await readFile(cluster.passwordFile, "utf8")).trim() }),
    application_name: OUR_APPLICATION,
    connectionTimeoutMillis: connectWithinMs,
    options: SESSION_OPTIONS.map((setting) => `-c ${setting}`).join(" "),
  });
  // The server may end the session at any time (it is being stopped): the query's own error tells, this one must not end the process.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    throw unreachable(cluster, error);
  }
  try {
    return await work(client);
  } catch (error) {
    if (error instanceof Failure || error instanceof TypeError || error instanceof RangeError) throw error;
    if (error instanceof DatabaseError && !NOT_NOW.has(error.code ?? "")) {
      throw new Failure("programFailed", `PostgreSQL refused a statement: ${error.message}`, { cause: error });
    }
    throw unreachable(cluster, error);
  } finally {
    await client.end().catch(() => {});
  }
}

function unreachable(cluster: PostgresTarget, error: unknown): Failure {
  const where = cluster.socketDir === "" ? `127.0.0.1:${cluster.port}` : `${cluster.socketDir}, port ${cluster.port}`;
  const why = error instanceof Error ? error.message || error.name : String(error);
  return new Failure("databaseUnreachable", `PostgreSQL at ${where} does not answer: ${why}`, { cause: error });
}
