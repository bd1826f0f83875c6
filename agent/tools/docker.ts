import { z } from "zod";
import { Failure } from "../../domain/failure.ts";
import type { ToolCall } from "./toolCall.ts";
import { failureBy, readJson } from "./toolCall.ts";

const failureOf = failureBy({}, [
  { says: /No such (?:container|object)/i, means: "containerMissing" },
  { says: /Cannot connect to the Docker daemon|error during connect/i, means: "dockerUnavailable" },
  { says: /port is already allocated|address already in use/i, means: "portTaken" },
  { says: /is already in use by container/i, means: "volumeExists" },
]);

/** A call of the docker client. Names are checked by the action's schema and can't begin with a hyphen. */
function docker(...args: string[]): ToolCall {
  return { file: "docker", args, debianPackage: "docker.io", failureOf };
}

/** Everything Docker knows of a container, as JSON. */
export const dockerInspectCall = (container: string) => docker("inspect", "--type", "container", container);
/** Sets the restart policy: a container with `always` would come back in the middle of the copy. */
export const dockerSetRestartCall = (container: string, policy: string) =>
  docker("update", `--restart=${policy}`, container);
/** Sends the signal that stops PostgreSQL smartly (TERM) or fast (INT). */
export const dockerKillCall = (container: string, signal: "TERM" | "INT") =>
  docker("kill", `--signal=${signal}`, container);
export const dockerStartCall = (container: string) => docker("start", container);
export const dockerRenameCall = (container: string, name: string) => docker("rename", container, name);
/** Removes a stopped container and none of its volumes. */
export const dockerRemoveCall = (container: string) => docker("rm", container);
export const dockerCreateCall = (args: readonly string[]) => docker("create", ...args);
/** Connects a container to one more network, under the names that others call it by there. */
export const dockerConnectCall = (network: string, aliases: readonly string[], container: string) =>
  docker("network", "connect", ...aliases.flatMap((alias) => ["--alias", alias]), network, container);
/** The containers of a Compose project, running or not, by their ids; of either version of Compose, since both give the same labels. */
export const dockerProjectCall = (project: string) =>
  docker(
    "ps",
    "--all",
    "--quiet",
    "--no-trunc",
    `--filter=label=com.docker.compose.project=${project}`,
    "--filter=label=com.docker.compose.oneoff=False",
  );
export const dockerLogsCall = (container: string, sinceSeconds: number) =>
  docker("logs", `--since=${sinceSeconds}`, container);
/** Runs a program inside a container, without a shell. */
export const dockerExecCall = (container: string, user: string, argv: readonly string[]) =>
  docker("exec", "--interactive", ...(user === "" ? [] : ["--user", user]), container, ...argv);

/** Reads `docker ps --quiet --no-trunc`. Throws `outputUnreadable` for a line that is no id. */
export function parseContainerIds(output: string): readonly string[] {
  const lines = output.split("\n").filter((line) => line !== "");
  if (lines.every((line) => /^[0-9a-f]{64}$/.test(line))) return lines;
  throw new Failure("outputUnreadable", "What docker ps printed is not what it is known to print.");
}

const texts = z.array(z.string()).nullish();
const settings = z.record(z.string(), z.string()).nullish();

const Container = z.object({
  Id: z.string(),
  Name: z.string(),
  /** The very image; the name in Config may stand for another one by now. */
  Image: z.string().nullish(),
  Config: z.object({
    Image: z.string(),
    Hostname: z.string().nullish(),
    Healthcheck: z
      .object({
        Test: texts,
        Interval: z.number().nullish(),
        Timeout: z.number().nullish(),
        Retries: z.number().nullish(),
      })
      .nullish(),
    Env: z.array(z.string()).nullish(),
    Cmd: z.array(z.string()).nullish(),
    Entrypoint: z.array(z.string()).nullish(),
    User: z.string().nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
    StopSignal: z.string().nullish(),
    WorkingDir: z.string().nullish(),
  }),
  State: z.object({
    Running: z.boolean(),
    ExitCode: z.int(),
    Pid: z.int(),
    /** It ended and Docker is about to start it again. */
    Restarting: z.boolean().nullish(),
    /** Absent where the container has no health check. */
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  HostConfig: z.object({
    NetworkMode: z.string(),
    RestartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.int().nullish() }),
    PortBindings: z
      .record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable())
      .nullish(),
    ShmSize: z.number().nullish(),
    Memory: z.number().nullish(),
    NanoCpus: z.number().nullish(),
    CapAdd: texts,
    CapDrop: texts,
    SecurityOpt: texts,
    ExtraHosts: texts,
    Dns: texts,
    GroupAdd: texts,
    Privileged: z.boolean().nullish(),
    ReadonlyRootfs: z.boolean().nullish(),
    Init: z.boolean().nullish(),
    Sysctls: settings,
    Tmpfs: settings,
    Ulimits: z.array(z.object({ Name: z.string(), Soft: z.number(), Hard: z.number() })).nullish(),
    LogConfig: z.object({ Type: z.string(), Config: settings }).nullish(),
  }),
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.object({ Aliases: texts })).nullish() }).nullish(),
  Mounts: z.array(
    z.object({
      Type: z.string(),
      Source: z.string(),
      Destination: z.string(),
      RW: z.boolean(),
      Name: z.string().nullish(),
    }),
  ),
});
/** A container as `docker inspect` tells it, as far as we look. */
export type Container = z.infer<typeof Container>;

/** Reads `docker inspect` of one container. Throws `outputUnreadable` for anything else. */
export function parseContainer(output: string): Container {
  const [container] = readJson(output, z.tuple([Container]), "docker inspect");
  return container;
}

/** Where PGDATA of the container lies: the variable of the image, or the image's classic default. */
export function pgdataOf(container: Container): string {
  const named = container.Config.Env?.find((line) => line.startsWith("PGDATA="));
  return named?.slice("PGDATA=".length) ?? "/var/lib/postgresql/data";
}

/** The mount that holds PGDATA and the path of PGDATA on the host; undefined when it is inside the container's own layer. */
export function pgdataMount(
  container: Container,
): { readonly mount: Container["Mounts"][number]; readonly hostPath: string } | undefined {
  const pgdata = pgdataOf(container);
  const [mount] = container.Mounts.filter(
    (m) => pgdata === m.Destination || pgdata.startsWith(`${m.Destination}/`),
  ).sort((a, b) => b.Destination.length - a.Destination.length);
  return mount && { mount, hostPath: `${mount.Source}${pgdata.slice(mount.Destination.length)}` };
}
