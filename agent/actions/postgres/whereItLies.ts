import { readFile } from "node:fs/promises";
import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Container } from "../../tools/docker.ts";
import { dockerInspectCall, parseContainer, pgdataMount, pgdataOf } from "../../tools/docker.ts";
import { dataDirectoryIn } from "./configuration.ts";

/** The container of a cluster as it is now. */
export async function inspectContainer(name: string, context: ActionContext): Promise<Container> {
  const { stdout } = await context.program({ ...dockerInspectCall(name), stdout: { to: "callbacks" } });
  return parseContainer(stdout.toString());
}

/** The container as it is now; undefined where there is none of that name. */
export async function inspectContainerIfThere(name: string, context: ActionContext): Promise<Container | undefined> {
  return inspectContainer(name, context).catch((error: unknown) => {
    if (error instanceof Failure && error.code === "containerMissing") return undefined;
    throw error;
  });
}

/** Where a cluster's data lie: on the host, and as the server calls it. */
export interface Where {
  readonly directory: string;
  readonly pgdata: string;
  readonly restartPolicy: string;
  readonly isRunning: boolean | undefined;
}

/**
 * Where the cluster points at now. docker: the source of the mount that holds PGDATA, by `docker inspect`, never a guess. plain: what
 * `data_directory` in its configuration says, else the directory it was given.
 */
export async function whereItLies(cluster: PostgresTarget, context: ActionContext): Promise<Where> {
  if (cluster.kind === "plain") {
    const configured = dataDirectoryIn(await readFile(cluster.configFile, "utf8").catch(() => ""));
    const directory = configured ?? cluster.dataDir;
    return { directory, pgdata: directory, restartPolicy: "none", isRunning: undefined };
  }
  const container = await inspectContainer(cluster.container, context);
  const found = pgdataMount(container);
  if (!found) {
    throw new Failure(
      "expectationFailed",
      `PGDATA of ${cluster.container} lies in the container's own layer and not on a volume: it can't be moved safely.`,
    );
  }
  return {
    directory: found.hostPath,
    pgdata: pgdataOf(container),
    restartPolicy: container.HostConfig.RestartPolicy.Name || "no",
    isRunning: container.State.Running,
  };
}
