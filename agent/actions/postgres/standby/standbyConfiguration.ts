import type { PostgresTarget } from "../../../../domain/action/postgresTarget.ts";

/** How a configuration of ours begins: one that begins otherwise is somebody's, and is not overwritten. */
export const WRITTEN_BY_US = "# Written by Slackwater for a standby";

/** What a standby's configuration is made of. */
export interface StandbyParts {
  /** The server that it follows. */
  readonly cluster: PostgresTarget;
  readonly standby: PostgresTarget;
  /** Replication slot; empty: none. */
  readonly slot: string;
  /** File with the password, readable by the server's account; empty: none is asked. */
  readonly passFile: string;
  readonly hbaFile: string;
  readonly identFile: string;
}

/** A value as postgresql.conf takes it. */
const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;

/** A value as a connection string takes it (libpq, 34.1.1.1). */
const connectionWord = (value: string) => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** What must differ from the first server. Settings win by standing last. */
function settingsOf({ cluster, standby, slot, passFile, hbaFile, identFile }: StandbyParts): Record<string, string> {
  const reach = {
    host: cluster.socketDir === "" ? "127.0.0.1" : cluster.socketDir,
    port: String(cluster.port),
    user: cluster.user,
    application_name: "slackwater-standby",
    ...(passFile === "" ? {} : { passfile: passFile }),
  };
  return {
    data_directory: standby.dataDir,
    hba_file: hbaFile,
    ident_file: identFile,
    // Debian's names a file that is the first server's.
    external_pid_file: "",
    listen_addresses: "127.0.0.1",
    port: String(standby.port),
    ...(standby.socketDir === "" ? {} : { unix_socket_directories: standby.socketDir }),
    hot_standby: "on",
    cluster_name: "slackwater-standby",
    primary_conninfo: Object.entries(reach)
      .map(([key, value]) => `${key}=${connectionWord(value)}`)
      .join(" "),
    primary_slot_name: slot,
    // One that names a moment or a place to stop at would never catch up.
    recovery_target: "",
    recovery_target_lsn: "",
    recovery_target_name: "",
    recovery_target_time: "",
    recovery_target_xid: "",
  };
}

/** The configuration of a standby: the first server's, included, with what must differ behind it. */
export function standbyConfiguration(parts: StandbyParts): string {
  return [
    `${WRITTEN_BY_US} that follows ${parts.cluster.configFile}. Written anew at each start.`,
    `include ${quoted(parts.cluster.configFile)}`,
    ...Object.entries(settingsOf(parts)).map(([name, value]) => `${name} = ${quoted(value)}`),
    "",
  ].join("\n");
}

/** A postgresql.auto.conf without what the standby's own configuration sets. */
export function withoutThose(automatic: string, parts: StandbyParts): string {
  const names = new Set(Object.keys(settingsOf(parts)));
  return automatic
    .split("\n")
    .filter((line) => !names.has(/^\s*([A-Za-z_]+)\s*=/.exec(line)?.[1]?.toLowerCase() ?? ""))
    .join("\n");
}
