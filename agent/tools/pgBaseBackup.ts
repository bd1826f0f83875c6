import type { PgReach } from "./pgDump.ts";
import { clientProgram, reachArgs } from "./pgDump.ts";
import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** What pg_basebackup is asked for. */
export interface BaseBackup {
  readonly directory: string;
  /** Replication slot that keeps what is written meanwhile; empty: one of the connection's own. */
  readonly slot: string;
  readonly checkpoint: "fast" | "spread";
  /** KiB a second; 0: no limit. */
  readonly maxKiBps: number;
}

/** Copies a running cluster, with all that is written to it meanwhile, and a manifest with a SHA-256 of every file. */
export function pgBaseBackupCall(to: PgReach, backup: BaseBackup): ToolCall {
  return {
    file: clientProgram(to.binDir, "pg_basebackup"),
    args: [
      ...reachArgs(to),
      `--pgdata=${backup.directory}`,
      "--format=plain",
      "--wal-method=stream",
      ...(backup.slot === "" ? [] : [`--slot=${backup.slot}`]),
      `--checkpoint=${backup.checkpoint}`,
      "--manifest-checksums=SHA256",
      ...(backup.maxKiBps === 0 ? [] : [`--max-rate=${backup.maxKiBps}k`]),
    ],
    debianPackage: "postgresql-client",
    failureOf: failureBy({}, [
      { says: /no pg_hba\.conf entry for replication|must be superuser or replication role/, means: "notPermitted" },
      { says: /connection to server .* failed|could not connect|the database system is/, means: "databaseUnreachable" },
    ]),
  };
}

/** Reads every file of a base backup and compares it with the manifest; pg_waldump beside it reads the log that the backup needs. */
export function pgVerifyBackupCall(binDir: string, directory: string): ToolCall {
  return {
    file: clientProgram(binDir, "pg_verifybackup"),
    args: ["--exit-on-error", "--quiet", "--", directory],
    debianPackage: "postgresql-client",
    failureOf: failureBy({ 1: "copyDiffers" }),
  };
}
