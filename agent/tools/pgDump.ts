import { join } from "node:path";
import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** How a client program reaches the cluster; the password goes by PGPASSFILE, never by argv. */
export interface PgReach {
  readonly binDir: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

const failureOf = failureBy({}, [
  { says: /connection to server .* failed|could not connect|the database system is/, means: "databaseUnreachable" },
]);
const debianPackage = "postgresql-client";

/** The client program of the cluster's own version, where a folder of it is named. */
export const clientProgram = (binDir: string, name: string) => (binDir === "" ? name : join(binDir, name));
/** The arguments by which a client program reaches the cluster. */
export const reachArgs = ({ host, port, user }: PgReach) => [
  "--host",
  host,
  "--port",
  String(port),
  "--username",
  user,
  "--no-password",
];

/** Dumps a database as SQL text in the snapshot that another session has exported. */
export function pgDumpCall(to: PgReach, database: string, snapshot: string): ToolCall {
  return {
    file: clientProgram(to.binDir, "pg_dump"),
    args: [...reachArgs(to), `--snapshot=${snapshot}`, "--format=plain", "--dbname", database],
    debianPackage,
    failureOf,
  };
}

/** Restores SQL text from standard input: all of it in one transaction, or nothing. */
export function psqlRestoreCall(to: PgReach, database: string): ToolCall {
  return {
    file: clientProgram(to.binDir, "psql"),
    args: [
      ...reachArgs(to),
      "--no-psqlrc",
      "--quiet",
      "--single-transaction",
      "--set",
      "ON_ERROR_STOP=1",
      "--dbname",
      database,
      "--output=/dev/null",
    ],
    debianPackage,
    failureOf: failureBy({ 1: "programFailed", 2: "databaseUnreachable", 3: "backupUnreadable" }),
  };
}

/** The last words of every plain dump that is whole. */
export const DUMP_COMPLETE = "-- PostgreSQL database dump complete";
