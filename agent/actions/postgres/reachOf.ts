import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import type { PgReach } from "../../tools/pgDump.ts";

/** How PostgreSQL's own programs reach a cluster: on the host, or from inside its container, with the version that is there. */
export function reachOf({ kind, binDir, socketDir, port, user }: PostgresTarget): PgReach {
  return kind === "docker"
    ? { binDir: "", host: "/var/run/postgresql", port, user }
    : { binDir, host: socketDir === "" ? "127.0.0.1" : socketDir, port, user };
}
