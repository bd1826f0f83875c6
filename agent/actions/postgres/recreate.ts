import type { Container } from "../../tools/docker.ts";
import { pgdataMount, pgdataOf } from "../../tools/docker.ts";

/** The name under which the old container is kept. */
export const keptNameOf = (container: string) => `${container}-before-slackwater`;

/** Variables that come from the image itself are repeated by `docker create` anyway; giving them again changes nothing. */
const asEnv = (container: Container) => (container.Config.Env ?? []).flatMap((line) => ["--env", line]);

/** A network of a container, and the names that others call the container by there. */
export interface Connection {
  readonly network: string;
  readonly aliases: readonly string[];
}

/** The networks of a container, that of its creation first. Docker's own alias, the container's id, is not repeated. */
export function networksOf({ Id, HostConfig, NetworkSettings }: Container): readonly [Connection, ...Connection[]] {
  const first = HostConfig.NetworkMode;
  const known = NetworkSettings?.Networks ?? {};
  const connection = (network: string): Connection => ({
    network,
    aliases: (known[network]?.Aliases ?? []).filter((alias) => !Id.startsWith(alias)),
  });
  const more = Object.keys(known).filter((network) => network !== first && !IS_DEFAULT.test(first));
  return [connection(first), ...more.map(connection)];
}

/** Networks that every container may have and where nobody has an alias. */
const IS_DEFAULT = /^(?:default|bridge|host|none|container:.*)$/;

/**
 * Arguments of `docker create` for a container like the old one, with another directory at PGDATA and restart policy `no`. Kept as they
 * were: the very image, command, entry point, user, network with its aliases, published ports, limits, rights, health check, log,
 * labels, and every other mount. A named volume is never given other options: the new directory is a bind mount of its own. Further
 * networks are connected afterwards.
 */
export function recreateArgs(old: Container, name: string, directory: string): readonly string[] {
  const { Config, HostConfig } = old;
  const replaced = pgdataMount(old)?.mount;
  const others = old.Mounts.filter((mount) => mount !== replaced);
  const entrypoint = Config.Entrypoint ?? [];
  const [{ network, aliases }] = networksOf(old);
  const hasOwnHostname = Config.Hostname && !old.Id.startsWith(Config.Hostname) && network !== "host";
  return [
    ...["--name", name, "--restart", "no", "--network", network],
    ...aliases.flatMap((alias) => ["--network-alias", alias]),
    ...(hasOwnHostname ? ["--hostname", Config.Hostname ?? ""] : []),
    ...one("--shm-size", HostConfig.ShmSize),
    ...one("--user", Config.User),
    ...one("--workdir", Config.WorkingDir),
    ...one("--stop-signal", Config.StopSignal),
    ...limitsOf(HostConfig),
    ...healthOf(Config.Healthcheck),
    ...pairs("--label", Config.Labels),
    ...asEnv(old),
    ...portsOf(HostConfig.PortBindings),
    ...others.flatMap((mount) => ["--mount", mountText(mount)]),
    ...["--mount", `type=bind,source=${directory},destination=${pgdataOf(old)}`],
    ...(entrypoint.length > 0 ? ["--entrypoint", entrypoint[0] ?? ""] : []),
    old.Image || Config.Image,
    ...entrypoint.slice(1),
    ...(Config.Cmd ?? []),
  ];
}

const one = (flag: string, value: string | number | null | undefined) => (value ? [flag, String(value)] : []);
const each = (flag: string, values: readonly string[] | null | undefined) =>
  (values ?? []).flatMap((value) => [flag, value]);
const pairs = (flag: string, values: Readonly<Record<string, string>> | null | undefined) =>
  Object.entries(values ?? {}).flatMap(([key, value]) => [flag, `${key}=${value}`]);

function limitsOf(host: Container["HostConfig"]): readonly string[] {
  return [
    ...one("--memory", host.Memory),
    ...(host.NanoCpus ? ["--cpus", String(host.NanoCpus / 1e9)] : []),
    ...(host.Ulimits ?? []).flatMap(({ Name, Soft, Hard }) => ["--ulimit", `${Name}=${Soft}:${Hard}`]),
    ...each("--cap-add", host.CapAdd),
    ...each("--cap-drop", host.CapDrop),
    ...each("--security-opt", host.SecurityOpt),
    ...each("--group-add", host.GroupAdd),
    ...each("--add-host", host.ExtraHosts),
    ...each("--dns", host.Dns),
    ...pairs("--sysctl", host.Sysctls),
    ...Object.entries(host.Tmpfs ?? {}).flatMap(([path, how]) => ["--tmpfs", how === "" ? path : `${path}:${how}`]),
    ...(host.Privileged ? ["--privileged"] : []),
    ...(host.ReadonlyRootfs ? ["--read-only"] : []),
    ...(host.Init ? ["--init"] : []),
    ...(host.LogConfig?.Type
      ? ["--log-driver", host.LogConfig.Type, ...pairs("--log-opt", host.LogConfig.Config)]
      : []),
  ];
}

function healthOf(check: Container["Config"]["Healthcheck"]): readonly string[] {
  const [kind, ...words] = check?.Test ?? [];
  if (kind === "NONE") return ["--no-healthcheck"];
  if (kind === undefined) return [];
  // Given again it is a line for a shell, whatever it was: each word of a list is quoted.
  const command = kind === "CMD" ? words.map((word) => `'${word.replaceAll("'", "'\\''")}'`) : words;
  return [
    ...["--health-cmd", command.join(" ")],
    ...nanoseconds("--health-interval", check?.Interval),
    ...nanoseconds("--health-timeout", check?.Timeout),
    ...one("--health-retries", check?.Retries),
  ];
}

const nanoseconds = (flag: string, value: number | null | undefined) => (value ? [flag, `${value}ns`] : []);

function portsOf(bindings: Container["HostConfig"]["PortBindings"]): readonly string[] {
  return Object.entries(bindings ?? {}).flatMap(([inside, outside]) =>
    (outside ?? []).flatMap(({ HostIp, HostPort }) => [
      "--publish",
      `${HostIp === "" ? "" : `${HostIp}:`}${HostPort}:${inside}`,
    ]),
  );
}

function mountText({ Type, Source, Destination, RW, Name }: Container["Mounts"][number]): string {
  const source = Type === "volume" ? (Name ?? Source) : Source;
  const from = Type === "tmpfs" ? "" : `source=${source},`;
  return `type=${Type},${from}destination=${Destination}${RW ? "" : ",readonly"}`;
}
