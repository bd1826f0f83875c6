import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import { dockerExecCall } from "../../tools/docker.ts";
import type { PgReach } from "../../tools/pgDump.ts";
import type { ToolCall } from "../../tools/toolCall.ts";
import type { PlannedProgram } from "../action.ts";
import { reachOf } from "./reachOf.ts";

/** What `plan` says of a client program: how it reaches the cluster, from the host or from inside the container. */
export function plannedClient(cluster: PostgresTarget, call: (to: PgReach) => ToolCall): PlannedProgram {
  const { file, args, ...rest } = call(reachOf(cluster));
  return cluster.kind === "docker"
    ? { ...rest, ...dockerExecCall(cluster.container, "", [file, ...args]) }
    : { ...rest, file, args, passwordFile: cluster.passwordFile };
}
