import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { isSoftwareKey, PastedSshKey } from "../domain/decision/sshKey.ts";
import { Failure } from "../domain/failure.ts";
import { UserId } from "../domain/ids.ts";
import { FigureName } from "../domain/throttle/figures.ts";
import { NORMAL_WEIGHT } from "../domain/throttle/normalWeight.ts";
import { Weight } from "../domain/throttle/setting.ts";
import { whoElseMayChange } from "./policy/ownedPath.ts";
import { realPath } from "./policy/realPath.ts";
import { errnoOf } from "./process/durableFile.ts";

/**
 * agent.yaml: what the host's owner allows. Everything not named here is refused. Every key is explained in
 * agent/agent.example.yaml.
 */
const absolutePath = z.string().regex(/^\/[^\0]*$/, "an absolute path");
const word = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, "a lower-case word");
const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/, "base64url without padding");

const pinnedFor = {
  user: UserId,
  /** The roles and groups of runbooks (`quorum.of`) that the person counts for on this host. */
  groups: z.array(word).min(1).default(["approver"]),
};

/** A passkey of a person. */
const PasskeyApprover = z.strictObject({
  ...pinnedFor,
  credentialId: base64url,
  /** COSE, as the Hosts page shows it. */
  publicKey: base64url,
  rpId: z.string().min(1),
  origins: z.array(z.url()).min(1),
  /** True admits a key held by a program and not by a person's device: for demos and tests only. */
  software: z.boolean().default(false),
});
export type PasskeyApprover = z.infer<typeof PasskeyApprover>;

/** An SSH key of a person, as it stands in its .pub file. */
const SshApprover = z
  .strictObject({
    ...pinnedFor,
    sshKey: PastedSshKey,
    /** True admits a key that lies in a file or an agent, and not in a security key (`sk-…`). */
    software: z.boolean().default(false),
  })
  .refine(({ sshKey, software }) => software || !isSoftwareKey(sshKey), {
    path: ["software"],
    message:
      "This SSH key is held by a program: whoever gets hold of its person's account can sign with it. Say software: true to admit it all the same, or pin a security key (sk-…).",
  });
export type SshApprover = z.infer<typeof SshApprover>;

/** One key of one person whose decisions this host obeys. A person with two keys has two entries. */
export const Approver = z.union([PasskeyApprover, SshApprover], {
  // Of the two kinds, the mistake that is told is that of the one which was meant.
  error: ({ input, errors }) => {
    const isSsh = typeof input === "object" && input !== null && "sshKey" in input;
    const [mistake] = errors?.[isSsh ? 1 : 0] ?? [];
    return mistake === undefined ? undefined : [...mistake.path.map(String), mistake.message].join(": ");
  },
});
export type Approver = z.infer<typeof Approver>;

/** A PostgreSQL that actions and health may talk to; `host` may be the folder of a Unix socket. `names` lists its databases; `*` is any. */
export const AllowedDatabase = z.strictObject({
  host: z.string().min(1).default("127.0.0.1"),
  port: z.int().min(1).max(65535).default(5432),
  names: z.array(z.string().min(1)).min(1),
  /** File with the password of health's own connection, one line. Absent: ~/.pgpass, or none is asked. */
  passwordFile: absolutePath.optional(),
});
export type AllowedDatabase = z.infer<typeof AllowedDatabase>;

/** Namespaces of one cluster, reached with one kubeconfig under one of its contexts. There is no `*`: each namespace is named. */
export const AllowedNamespaces = z.strictObject({
  kubeconfig: absolutePath,
  context: z.string().min(1),
  namespaces: z.array(z.string().min(1)).min(1),
});
export type AllowedNamespaces = z.infer<typeof AllowedNamespaces>;

/** A folder on a machine elsewhere that copies may be sent to, with the key for its account and the file that pins its host key. */
export const AllowedOffSite = z.strictObject({
  address: z.string().min(1),
  port: z.int().min(1).max(65535).default(22),
  user: z.string().min(1),
  folder: z.string().min(1),
  identity: absolutePath,
  knownHosts: absolutePath,
});
export type AllowedOffSite = z.infer<typeof AllowedOffSite>;

export const AgentConfig = z.strictObject({
  /** Which actions may run, as `pack.verb` or `pack.*`. */
  actions: z
    .array(z.string().regex(/^[a-z]+\.([a-zA-Z]+|\*)$/, "an action such as files.copy, or files.*"))
    .default([]),
  /** Actions that change something and may run without a decision (backups and checks outside a window). Never a destroying one. */
  standing: z
    .array(
      z
        .string()
        .regex(/^[a-z]+\.[a-zA-Z]+$/, "an action such as backup.create")
        // Without a decision nobody has signed the text, and the server could send any.
        .refine((action) => !action.startsWith("script."), "a script never runs without a decision"),
    )
    .default([]),
  roots: z
    .strictObject({
      read: z.array(absolutePath).default([]),
      /** What may be written may also be read. */
      write: z.array(absolutePath).default([]),
      /** Accounts (name or number) whose folders are taken as they are: they could put a link where a folder was just checked. */
      trustedOwners: z.array(z.union([z.string().min(1), z.int().min(0)])).default([]),
    })
    .prefault({}),
  devices: z.array(absolutePath).default([]),
  containers: z.array(z.string().min(1)).default([]),
  composeProjects: z.array(z.string().min(1)).default([]),
  kubernetes: z.array(AllowedNamespaces).default([]),
  offSite: z.array(AllowedOffSite).default([]),
  databases: z.array(AllowedDatabase).default([]),
  http: z
    .array(z.string().regex(/^(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+):(\d{1,5}|\*)$/, "host:port, or host:* for any port"))
    .default([]),
  /** True lets scripts run that are part of a runbook's signed text. */
  scripts: z.boolean().default(false),
  ceilings: z
    .strictObject({
      tasksAtOnce: z.int().min(1).max(64).default(4),
      probesAtOnce: z.int().min(1).max(64).default(4),
      taskHours: z.number().positive().max(8784).default(24),
      /** Most output of one task that is kept on this host, in MiB. */
      outputMiB: z.int().min(1).max(1_048_576).default(1024),
      /** Whatever a throttle says, a task is no faster than this and weighs no more. MB are a million bytes; absent: as fast as it goes. */
      megabytesPerSecond: z.number().min(0.1).max(1_000_000).optional(),
      cpuWeight: Weight.default(NORMAL_WEIGHT),
      ioWeight: Weight.default(NORMAL_WEIGHT),
    })
    .prefault({}),
  approvers: z.array(Approver).max(200).default([]),
  /**
   * Whether a gate of this host may count with one GO fewer when another person broke the glass: by anybody of the approvers above, or
   * by those of some of their groups. Never for an action that destroys.
   */
  breakGlass: z.union([z.boolean(), z.array(word).min(1)]).default(false),
  volumes: z
    .strictObject({
      /** True lets an action make or open a volume that is NOT ENCRYPTED, on machines without dm-crypt. */
      allowUnencrypted: z.boolean().default(false),
      /** Largest image or volume that an action may make, in GiB. */
      largestGiB: z.number().positive().default(1024),
    })
    .prefault({}),
  /** Plain http:// and ws:// to anything but this machine itself. What travels can then be read and changed on the way. */
  allowInsecureLink: z.boolean().default(false),
  runKeys: z
    .strictObject({
      directory: absolutePath.default("/run/slackwater"),
      /** True lets run keys lie on a real disk where there is no tmpfs: they could then be found after the host is switched off. */
      allowDisk: z.boolean().default(false),
    })
    .prefault({}),
  health: z.strictObject({ fileSystems: z.array(absolutePath).max(20).default(["/"]) }).prefault({}),
  throttle: z
    .strictObject({
      /** Above which figure of the host's or the database's health automatic work rests; null: never for that one. */
      thresholds: z.partialRecord(FigureName, z.number().positive().nullable()).default({}),
    })
    .prefault({}),
});
export type AgentConfig = z.infer<typeof AgentConfig>;

/** Reads the text of agent.yaml; a mistake throws `argumentsInvalid` naming its line or its key. */
export function parseConfig(text: string, path: string): AgentConfig {
  const document = parseDocument(text, { strict: true, uniqueKeys: true });
  const [mistake] = document.errors;
  if (mistake !== undefined) throw new Failure("argumentsInvalid", `${path}: ${mistake.message}`);
  const parsed = AgentConfig.safeParse(plainValue(document, path) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new Failure("argumentsInvalid", `${path}: ${where}${issue?.message ?? "unreadable"}`);
}

/** Aliases are refused: a file that people must be able to check at a glance has no hidden parts. */
function plainValue(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new Failure("argumentsInvalid", `${path}: aliases (*name) are not allowed here.`, { cause: error });
  }
}

/**
 * Reads agent.yaml from disk. Refused (`notPermitted`) when somebody but root or the agent's own user could have written it or
 * could put another in its place: what is allowed on this host is its owner's word alone.
 */
export function readConfig(path: string, ourUid: number): AgentConfig {
  const real = realPath(resolve(path));
  const fd = openConfig(real);
  try {
    const foreigner = whoElseMayChange(real, new Set([ourUid]));
    if (foreigner !== undefined) {
      throw new Failure("notPermitted", `${real} is not obeyed: ${foreigner.path} ${foreigner.why}.`);
    }
    // Judged again on what is open: the name could have led elsewhere in between.
    const stat = fstatSync(fd);
    if ((stat.uid !== 0 && stat.uid !== ourUid) || (stat.mode & 0o022) !== 0) {
      throw new Failure("notPermitted", `${real} is not obeyed: others than its owner can write it.`);
    }
    return parseConfig(readFileSync(fd, "utf8"), real);
  } finally {
    closeSync(fd);
  }
}

function openConfig(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    throw new Failure("notPermitted", `There is no ${path}. Copy agent.example.yaml there and say what is allowed.`);
  }
}
