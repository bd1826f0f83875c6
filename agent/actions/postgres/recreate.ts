import type { Container } from "../../tools/docker.ts";
import { pgdataMount, pgdataOf } from "../../tools/docker.ts";

/** The name under which the old container is kept. */
export const keptNameOf = (container: string) => `${container}-before-slackwater`;

/** Variables that come from the image itself are repeated by `docker create` anyway; giving them again changes nothing. */
const asEnv = (container: Container) => (container.Config.Env ?? []).flatMap((line) => ["--env", line]);

/**
 * Arguments of `docker create` for a container like the old one, with another directory at PGDATA and restart policy `no`. Kept as they
 * were: image, command, entry point, user, network, published ports, shared memory, labels, and every other mount. A named volume is
 * never given other options: the new directory is a bind mount of its own.
 */
export function recreateArgs(old: Container, name: string, directory: string): readonly string[] {
  const pgdata = pgdataOf(old);
  const replaced = pgdataMount(old)?.mount;
  const others = old.Mounts.filter((mount) => mount !== replaced);
  const entrypoint = old.Config.Entrypoint ?? [];
  const ports = Object.entries(old.HostConfig.PortBindings ?? {}).flatMap(([inside, bindings]) =>
    (bindings ?? []).flatMap(({ HostIp, HostPort }) => [
      "--publish",
      `${HostIp === "" ? "" : `${HostIp}:`}${HostPort}:${inside}`,
    ]),
  );
  return [
    "--name",
    name,
    "--restart",
    "no",
    "--network",
    old.HostConfig.NetworkMode,
    ...(old.HostConfig.ShmSize ? ["--shm-size", String(old.HostConfig.ShmSize)] : []),
    ...(old.Config.User ? ["--user", old.Config.User] : []),
    ...(old.Config.WorkingDir ? ["--workdir", old.Config.WorkingDir] : []),
    ...(old.Config.StopSignal ? ["--stop-signal", old.Config.StopSignal] : []),
    ...Object.entries(old.Config.Labels ?? {}).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
    ...asEnv(old),
    ...ports,
    ...others.flatMap((mount) => ["--mount", mountText(mount)]),
    "--mount",
    `type=bind,source=${directory},destination=${pgdata}`,
    ...(entrypoint.length > 0 ? ["--entrypoint", entrypoint[0] ?? ""] : []),
    old.Config.Image,
    ...entrypoint.slice(1),
    ...(old.Config.Cmd ?? []),
  ];
}

function mountText({ Type, Source, Destination, RW, Name }: Container["Mounts"][number]): string {
  const source = Type === "volume" ? (Name ?? Source) : Source;
  return `type=${Type},source=${source},destination=${Destination}${RW ? "" : ",readonly"}`;
}
