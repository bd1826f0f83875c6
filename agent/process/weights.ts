import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";
import { dirname, join } from "node:path";
import { NORMAL_WEIGHT } from "../../domain/throttle/normalWeight.ts";
import { findMembers, TASK_MARKER } from "./processTable.ts";
import { findProgram, MINIMAL_ENVIRONMENT } from "./programSpawn.ts";
import { groupMembers } from "./taskGroup.ts";

/** A task's share of processor and disk. */
export interface Weights {
  /**
   * Gives the task these weights, and the processes that it has started since. Says by what: `cpu.weight`, `io.weight` of its control group,
   * or else `nice 3`, `ionice 6`, or that it can't be done here.
   */
  apply(cpuWeight: number, ioWeight: number): Promise<{ readonly cpu: string; readonly io: string }>;
}

/** The nice level that the kernel itself takes for the same as a weight beside one's own: each level is a factor of 1.25. */
function niceOf(cpuWeight: number, own: number): number {
  const level = own + Math.round(-Math.log(cpuWeight / NORMAL_WEIGHT) / Math.log(1.25));
  return Math.min(constants.priority.PRIORITY_LOW, Math.max(constants.priority.PRIORITY_HIGHEST, level));
}

/** Everybody's level of the best-effort class; 7 is the last in it. Never the idle class: it may get nothing at all, for ever. */
const NORMAL_LEVEL = 4;

/** The level of ionice(1) for a weight: 4 for everybody's, up to 7 below it, down to 0 for a hundred times as much. */
function ioLevelOf(ioWeight: number): number {
  const share = ioWeight / NORMAL_WEIGHT;
  return Math.round(share <= 1 ? 7 - 3 * share : NORMAL_LEVEL - 2 * Math.log10(share));
}

function write(file: string, text: string): boolean {
  try {
    writeFileSync(file, text);
    return true;
  } catch {
    return false;
  }
}

/** Sets `cpu.weight`. The controller is switched on when it is first wanted, from the agent's own group down; the kernel may refuse. */
function writeCpuWeight(group: string, cpuWeight: number): boolean {
  const file = join(group, "cpu.weight");
  if (write(file, String(cpuWeight))) return true;
  for (const above of [dirname(dirname(group)), dirname(group)]) write(join(above, "cgroup.subtree_control"), "+cpu");
  return write(file, String(cpuWeight));
}

async function ionice(level: number, pids: readonly number[]): Promise<boolean> {
  try {
    const file = findProgram({ file: "ionice", debianPackage: "util-linux" }, MINIMAL_ENVIRONMENT.PATH);
    const args = ["--class", "2", "--classdata", String(level), "--pid", ...pids.map(String)];
    const child = spawn(file, args, {
      cwd: "/",
      env: { ...MINIMAL_ENVIRONMENT, NODE_ENV: "production" },
      stdio: "ignore",
    });
    // 1 where one of them has just ended: the others have their level all the same.
    return (await once(child, "exit"))[0] !== null;
  } catch {
    return false;
  }
}

/** Makes the weights of a task. `self`: whether the runner is at work itself (hashing) and not only its programs. */
export function weighTask(task: {
  readonly taskId: string;
  readonly group: string | undefined;
  readonly isRunnerAtWork: () => boolean;
}): Weights {
  /** What was given to whom; a process that is here has it. */
  const nice = new Map<number, number>();
  const levels = new Map<number, number>();
  const ownNice = getPriority();

  function pids(): number[] {
    const found =
      task.group === undefined
        ? findMembers({ marker: { name: TASK_MARKER, value: task.taskId }, sessions: [] }).map(({ pid }) => pid)
        : groupMembers(task.group);
    return found.filter((pid) => pid !== process.pid || task.isRunnerAtWork());
  }

  /** Those that don't have it yet. Everybody's share is what a process is born with. */
  const without = (given: Map<number, number>, normal: number, wished: number) =>
    pids().filter((pid) => (given.get(pid) ?? normal) !== wished);

  function renice(level: number): boolean {
    let isDone = true;
    for (const pid of without(nice, ownNice, level)) {
      try {
        setPriority(pid, level);
        nice.set(pid, level);
      } catch (error) {
        // A process that has just ended is none; one whose level may not be changed is.
        if (error instanceof Error && "code" in error && error.code !== "ESRCH") isDone = false;
      }
    }
    return isDone;
  }

  async function reionice(level: number): Promise<boolean> {
    const lacking = without(levels, NORMAL_LEVEL, level);
    if (lacking.length === 0) return true;
    const isDone = await ionice(level, lacking);
    if (isDone) for (const pid of lacking) levels.set(pid, level);
    return isDone;
  }

  return {
    async apply(cpuWeight, ioWeight) {
      const { group } = task;
      const niceLevel = niceOf(cpuWeight, ownNice);
      const ioLevel = ioLevelOf(ioWeight);
      const cpu =
        group !== undefined && writeCpuWeight(group, cpuWeight)
          ? "cpu.weight"
          : renice(niceLevel)
            ? `nice ${niceLevel}`
            : "not to be had here";
      // Only where somebody switched that controller on: the kernel does so for groups without processes, and the agent is in its own.
      const io =
        group !== undefined && write(join(group, "io.weight"), String(ioWeight))
          ? "io.weight"
          : (await reionice(ioLevel))
            ? `ionice ${ioLevel}`
            : "not to be had here";
      return { cpu, io };
    },
  };
}
