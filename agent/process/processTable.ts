import { readdirSync, readFileSync } from "node:fs";
import { toSafeText } from "../../domain/text/safeText.ts";
import type { ProcessIdentity } from "./spoolFiles.ts";
import { groupMembers } from "./taskGroup.ts";

/** A process of this host, as /proc tells it. */
export interface HostProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** The session, which outlives its leader; a program of ours leads its own. */
  readonly session: number;
  /** Start in clock ticks since boot: with the pid it names one process for good. */
  readonly startTicks: number;
  /** One letter: R, S, D (waits for a disk and can't be ended), Z (dead, not yet buried) … */
  readonly state: string;
  /** Its command line, made safe to show, at most 400 characters. */
  readonly command: string;
}

/** The environment variable that names the task in everything it starts. */
export const TASK_MARKER = "SLACKWATER_TASK";
/** The same for one program of a task: `<task id>/<number>`. */
export const PROGRAM_MARKER = "SLACKWATER_PROGRAM";

let knownBootId: string | undefined;

/** The identity of this boot: process numbers of an earlier one mean nothing. */
export function bootId(): string {
  knownBootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return knownBootId;
}

/** A file of /proc, or undefined when the process is gone or not ours to look at. */
function readProc(pid: number, name: string): Buffer | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`);
  } catch {
    return undefined;
  }
}

/** Fields of /proc/PID/stat after the name, which can itself hold spaces and brackets; index 0 is the state (field 3). */
function statFields(pid: number): readonly string[] | undefined {
  const stat = readProc(pid, "stat")?.toString("latin1");
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function commandOf(pid: number): string {
  const raw = readProc(pid, "cmdline") ?? Buffer.alloc(0);
  if (raw.length === 0) return `[${toSafeText(readProc(pid, "comm") ?? Buffer.alloc(0)).trim()}]`;
  const spaced = raw.map((byte, i) => (byte === 0 && i < raw.length - 1 ? 0x20 : byte));
  return toSafeText(spaced[spaced.length - 1] === 0 ? spaced.subarray(0, -1) : spaced).slice(0, 400);
}

type Bare = Omit<HostProcess, "command">;

function findBare(pid: number): Bare | undefined {
  const fields = statFields(pid);
  if (!fields) return undefined;
  const state = fields[0] ?? "";
  // A zombie has ended; it only waits for its parent to look. Some first processes of containers never do.
  if (state === "Z" || state === "X") return undefined;
  return { pid, parentPid: Number(fields[1]), session: Number(fields[3]), startTicks: Number(fields[19]), state };
}

/** One process, or undefined when there is none of that number or it is dead. */
export function findProcess(pid: number): HostProcess | undefined {
  const found = findBare(pid);
  return found && { ...found, command: commandOf(pid) };
}

/** This very process, for others to recognise. */
export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, startTicks: 0, bootId: bootId() };
}

/** Names a living process for good; undefined when it is gone. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const found = findBare(pid);
  return found && { pid, startTicks: found.startTicks, bootId: bootId() };
}

/** Whether exactly that process still lives: not a later one of its number, not a zombie. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === bootId() && findBare(identity.pid)?.startTicks === identity.startTicks;
}

function hasEnvironment(pid: number, entry: Buffer): boolean {
  const environment = readProc(pid, "environ");
  if (!environment) return false;
  const at = environment.indexOf(entry);
  return at !== -1 && (at === 0 || environment[at - 1] === 0);
}

/** What makes a process part of a task. */
export interface Membership {
  /** An environment entry, name and value, that it inherited. */
  readonly marker: { readonly name: string; readonly value: string };
  /** Leaders of sessions that belong to the task, alive or not. */
  readonly sessions: readonly ProcessIdentity[];
  /** The task's control group, if it has one: what is in it belongs to the task, whatever it did to hide. */
  readonly group?: string | undefined;
}

/**
 * Every living process of a task: those that carry its marker, wherever they went (a daemon that forked twice and left the session
 * still has the environment it was started with), those in its sessions, those in its control group, and all their descendants. Without a
 * control group, a process that both clears its environment and leaves its session and its parents is not found.
 */
export function findMembers(membership: Membership): HostProcess[] {
  const entry = Buffer.from(`${membership.marker.name}=${membership.marker.value}\0`);
  const sessions = new Map(
    membership.sessions.filter((leader) => leader.bootId === bootId()).map((leader) => [leader.pid, leader.startTicks]),
  );
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => findBare(Number(name)) ?? []);
  const leaders = new Map(all.map((one) => [one.pid, one]));
  const isInSession = (one: Bare) => {
    const since = sessions.get(one.session);
    const leader = leaders.get(one.session);
    // A session number can be used again by a stranger, but only after everyone in it is gone.
    return since !== undefined && one.startTicks >= since && (!leader || leader.startTicks === since);
  };
  const grouped = new Set(membership.group === undefined ? [] : groupMembers(membership.group));
  const members = new Set(
    all
      .filter((one) => grouped.has(one.pid) || isInSession(one) || hasEnvironment(one.pid, entry))
      .map(({ pid }) => pid),
  );
  for (let grown = true; grown; ) {
    const children = all.filter((one) => !members.has(one.pid) && members.has(one.parentPid));
    for (const child of children) members.add(child.pid);
    grown = children.length > 0;
  }
  return all.filter((one) => members.has(one.pid)).map((one) => ({ ...one, command: commandOf(one.pid) }));
}

/** Peak memory of a process in bytes; undefined when it is gone. */
export function peakMemoryBytes(pid: number): number | undefined {
  const kib = readProc(pid, "status")
    ?.toString("latin1")
    .match(/^VmHWM:\s+(\d+) kB$/m)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

/** CPU time in ms of this process's children that have ended, and of theirs. Linux counts in hundredths of a second. */
export function childrenCpuMs(): { userMs: number; systemMs: number } {
  const fields = statFields(process.pid);
  return { userMs: Number(fields?.[13] ?? 0) * 10, systemMs: Number(fields?.[14] ?? 0) * 10 };
}
