import type { ArgumentRole } from "../../domain/action/roles.ts";
import { Failure } from "../../domain/failure.ts";
import type { AgentConfig } from "../config.ts";
import { whoElseMayChange } from "./ownedPath.ts";
import { realPath } from "./realPath.ts";
import type { RoleFound } from "./walkArguments.ts";

/** What of the host the rules need to know, beside agent.yaml. */
export interface Ground {
  /** Our own user, and those of `roots.trustedOwners`. */
  readonly trusted: ReadonlySet<number>;
  /** The agent's own directories: no order may read or write there, whatever the roots say. */
  readonly ours: readonly string[];
}

/** Which keys of agent.yaml can allow an argument of each role; none where it reaches nothing by itself. */
export const KEYS_OF_ROLE = {
  readPath: ["roots.read", "roots.write"],
  writePath: ["roots.write"],
  volumePath: ["roots.write", "devices"],
  container: ["containers"],
  composeProject: ["composeProjects"],
  kubeconfig: ["kubernetes"],
  namespace: ["kubernetes"],
  offSite: ["offSite"],
  script: ["scripts"],
  database: ["databases"],
  url: ["http"],
  secret: [],
  encryption: ["volumes.allowUnencrypted"],
  volumeSize: ["volumes.largestGiB"],
} as const satisfies Record<ArgumentRole, readonly string[]>;

type ConfigKey = (typeof KEYS_OF_ROLE)[ArgumentRole][number] | "roots.trustedOwners";

const GIB = 1024 ** 3;

/**
 * Whether agent.yaml allows one argument; returns what the action gets in its place (a path's real one). Throws
 * `outsideAllowedRoots`.
 */
export function checkRole(found: RoleFound, config: AgentConfig, ground: Ground): unknown {
  const { role, value, at } = found;
  switch (role) {
    case "readPath":
      return checkPath(found, [...config.roots.read, ...config.roots.write], "roots.read", ground);
    case "writePath":
      return checkPath(found, config.roots.write, "roots.write", ground);
    case "volumePath":
      return found.beside.backing === "device"
        ? checkDevice(found, config)
        : checkPath(found, config.roots.write, "roots.write", ground);
    case "container":
      return value === "" || isListed(value, config.containers) ? value : refuse(at, value, "containers");
    case "composeProject":
      return isListed(value, config.composeProjects) ? value : refuse(at, value, "composeProjects");
    case "script":
      return config.scripts ? value : refuseScript(at);
    case "database":
      return isDatabaseAllowed(found, config) ? value : refuse(at, value, "databases");
    case "url":
      return isUrlAllowed(value, config.http) ? value : refuse(at, value, "http");
    case "encryption":
      return value === "none" && !config.volumes.allowUnencrypted
        ? refuse(at, value, "volumes.allowUnencrypted")
        : value;
    case "volumeSize":
      return typeof value === "number" && value <= config.volumes.largestGiB * GIB
        ? value
        : refuse(at, value, "volumes.largestGiB");
    case "kubeconfig":
      return checkKubeconfig(found, config, ground);
    case "namespace":
      return isNamespaceAllowed(found, config) ? value : refuse(at, value, "kubernetes", ` for ${contextOf(found)}`);
    case "offSite":
      return checkOffSite(found, config, ground);
    case "secret":
      return value;
    default:
      return role satisfies never;
  }
}

function refuse(at: string, value: unknown, key: ConfigKey, because = ""): never {
  throw new Failure(
    "outsideAllowedRoots",
    `${at}: ${JSON.stringify(value)} is not allowed by "${key}" in agent.yaml${because}.`,
  );
}

function refuseScript(at: string): never {
  throw new Failure(
    "outsideAllowedRoots",
    `${at}: no script may run on this host: agent.yaml does not say "scripts: true".`,
  );
}

const isListed = (value: unknown, allowed: readonly string[]) =>
  typeof value === "string" && (allowed.includes(value) || allowed.includes("*"));

function checkPath(found: RoleFound, roots: readonly string[], key: ConfigKey, ground: Ground): unknown {
  const { value, at } = found;
  if (value === "") return value;
  if (typeof value !== "string") return refuse(at, value, key);
  const real = realPath(value);
  const leads = real === value ? "" : ` (it leads to ${real})`;
  if (!roots.some((root) => isWithin(real, realPath(root)))) return refuse(at, value, key, leads);
  // Reading above our directories is common (free space of /var/lib); writing there could replace them.
  const touchesOurs = (own: string) => isWithin(real, own) || (found.role !== "readPath" && isWithin(own, real));
  if (ground.ours.some(touchesOurs)) {
    return refuse(
      at,
      value,
      key,
      `${leads}: the agent keeps its own state there, or an account of a cluster or elsewhere`,
    );
  }
  const foreigner = whoElseMayChange(real, ground.trusted);
  if (foreigner === undefined) return real;
  return refuse(at, value, "roots.trustedOwners", `: ${foreigner.path} ${foreigner.why}, who could swap it meanwhile`);
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root === "/" ? "/" : `${root}/`);
}

function checkDevice({ value, at }: RoleFound, config: AgentConfig): unknown {
  if (typeof value !== "string") return refuse(at, value, "devices");
  const real = realPath(value);
  return config.devices.some((device) => realPath(device) === real) ? real : refuse(at, value, "devices");
}

/** A cluster in a container is reached through the container, which has its own list; elsewhere the port tells which cluster it is. */
function isDatabaseAllowed({ value, beside }: RoleFound, config: AgentConfig): boolean {
  const port = beside.kind === "docker" ? undefined : beside.port;
  return config.databases.some(
    (database) => isListed(value, database.names) && (port === undefined || port === database.port),
  );
}

/** Host and port of an address against `host:port` or `host:*`. */
function isUrlAllowed(value: unknown, allowed: readonly string[]): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const url = new URL(value);
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return allowed.includes(`${url.hostname}:${port}`) || allowed.includes(`${url.hostname}:*`);
}

/**
 * A kubeconfig is a list of its own beside the roots: what may be read there would be the account itself. It can name programs that
 * are run for its credentials, so that whoever can write it could run anything as root.
 */
function checkKubeconfig({ value, at }: RoleFound, config: AgentConfig, ground: Ground): unknown {
  if (typeof value !== "string") return refuse(at, value, "kubernetes");
  const real = realPath(value);
  if (!config.kubernetes.some(({ kubeconfig }) => realPath(kubeconfig) === real))
    return refuse(at, value, "kubernetes");
  const foreigner = whoElseMayChange(real, ground.trusted);
  if (foreigner === undefined) return real;
  return refuse(at, value, "kubernetes", `: ${foreigner.path} ${foreigner.why}`);
}

function isNamespaceAllowed({ value, beside }: RoleFound, config: AgentConfig): boolean {
  const { kubeconfig, context } = beside;
  return config.kubernetes.some(
    (allowed) =>
      typeof kubeconfig === "string" &&
      realPath(allowed.kubeconfig) === realPath(kubeconfig) &&
      allowed.context === context &&
      typeof value === "string" &&
      allowed.namespaces.includes(value),
  );
}

const contextOf = ({ beside }: RoleFound) => `the context ${JSON.stringify(beside.context)}`;

/** Both files are the owner's: who could write the one would be that account, who could write the other would be that machine. */
function checkOffSite({ value, at, beside }: RoleFound, config: AgentConfig, ground: Ground): unknown {
  const { address, port, user, folder, identity, knownHosts } = beside;
  const isSame = (path: unknown, allowed: string) => typeof path === "string" && realPath(path) === realPath(allowed);
  const isAllowed = config.offSite.some(
    (allowed) =>
      allowed.address === address &&
      allowed.port === port &&
      allowed.user === user &&
      typeof folder === "string" &&
      isWithin(folder, allowed.folder) &&
      isSame(identity, allowed.identity) &&
      isSame(knownHosts, allowed.knownHosts),
  );
  const where = ` for ${JSON.stringify(user)} at ${JSON.stringify(address)}`;
  if (!isAllowed || typeof value !== "string") return refuse(at, value, "offSite", where);
  const real = realPath(value);
  // It stands among the words of one option, which are cut at spaces.
  if (!/^[A-Za-z0-9_./-]+$/.test(real)) return refuse(at, value, "offSite", ` (it leads to ${real})`);
  const foreigner = whoElseMayChange(real, ground.trusted);
  return foreigner === undefined ? real : refuse(at, value, "offSite", `: ${foreigner.path} ${foreigner.why}`);
}
