import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Control groups (the kernel's second version of them) in which tasks run. Nothing leaves its group by forking twice, taking a session of
 * its own or clearing its environment: with one, whatever a task has started is found. Without one, by the marker in the environment.
 * A group is a directory; paths here are those of such directories.
 */

/** Where this process stands in the tree of groups; undefined where there is none or it can't be seen. */
function ownGroup(): string | undefined {
  try {
    const mount = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .find((line) => line.split(" ")[2] === "cgroup2")
      ?.split(" ")[1];
    const path = /^0::(\/.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
    return mount === undefined || path === undefined ? undefined : join(mount, path);
  } catch {
    return undefined;
  }
}

/** The groups of one agent's tasks. */
export interface TaskGroups {
  /** Makes the group of a task; undefined where this host has none to give. */
  make(taskId: string): string | undefined;
  /** Removes a group once it is empty, in its own time; one that never becomes so stays. */
  remove(group: string): Promise<void>;
  /** Removes what an agent that was killed has left: every empty group of a task. */
  sweep(): void;
}

/**
 * Whether this process could make a group below its own, by making one and removing it: what the kernel shows does not say it, since
 * a container may show the tree and let nobody change it.
 */
export function canMakeGroup(): boolean {
  const own = ownGroup();
  if (own === undefined) return false;
  const trial = join(own, `slackwater-trial-${process.pid}`);
  try {
    mkdirSync(trial);
    rmdirSync(trial);
    return true;
  } catch {
    return false;
  }
}

const EMPTY_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 50;

/** @param name tells this agent from others on the host: its spool directory */
export function openTaskGroups(name: string): TaskGroups {
  const own = ownGroup();
  const root = own && join(own, `slackwater-${createHash("sha256").update(name).digest("hex").slice(0, 12)}`);
  return {
    make(taskId) {
      if (root === undefined) return undefined;
      try {
        mkdirSync(join(root, taskId), { recursive: true });
        return join(root, taskId);
      } catch {
        return undefined;
      }
    },
    async remove(group) {
      const until = performance.now() + EMPTY_WITHIN_MS;
      while (!removeEmpty(group) && performance.now() < until) await sleep(LOOK_EVERY_MS, undefined, { ref: false });
      removeEmpty(dirname(group));
    },
    sweep() {
      if (root === undefined) return;
      for (const group of childrenOf(root)) removeEmpty(group);
      removeEmpty(root);
    },
  };
}

/** True once the group is gone. The kernel refuses while anything lives in it. */
function removeEmpty(group: string): boolean {
  for (const child of childrenOf(group)) removeEmpty(child);
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT";
  }
}

function childrenOf(group: string): readonly string[] {
  try {
    return readdirSync(group, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [join(group, entry.name)] : [],
    );
  } catch {
    return [];
  }
}

/** Puts a process into a group, with all that it starts from now on. False where the kernel does not let it. */
export function enterGroup(group: string, pid: number): boolean {
  try {
    writeFileSync(join(group, "cgroup.procs"), String(pid));
    return true;
  } catch {
    return false;
  }
}

/** Numbers of the living processes in a group itself. */
export function directMembers(group: string): readonly number[] {
  try {
    return readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Numbers of the living processes in a group and below it. */
export function groupMembers(group: string): readonly number[] {
  return [...directMembers(group), ...childrenOf(group).flatMap(groupMembers)];
}

/** Lets everything in the groups below a group go on, whoever stopped it. */
export function thawBelow(group: string): void {
  for (const child of childrenOf(group)) {
    try {
      writeFileSync(join(child, "cgroup.freeze"), "0");
    } catch {
      // Gone in the meantime, or on a kernel that freezes nothing.
    }
  }
}

/**
 * Starts something from outside of the task's group, so that it does not end with the task. `start` must not wait for anything: what else is
 * started meanwhile would be outside too.
 */
export function startOutside<T>(group: string | undefined, start: () => T): T {
  if (group === undefined || !enterGroup(dirname(group), process.pid)) return start();
  try {
    return start();
  } finally {
    enterGroup(group, process.pid);
  }
}
