import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DeadMansSwitch } from "./deadMansSwitch.ts";
import { armDeadMansSwitch } from "./deadMansSwitch.ts";
import { bootId, findMembers, isAlive, TASK_MARKER } from "./processTable.ts";
import type { ProcessIdentity } from "./spoolFiles.ts";
import { directMembers, enterGroup } from "./taskGroup.ts";

/** Stops all programs of a task and lets them go on: many times a second for a rate, once for a pause. Never the runner itself. */
export interface Brake {
  /** How it is done on this host: the kernel's freezer, or a signal to each process where the task has no control group. */
  readonly by: "cgroup.freeze" | "SIGSTOP";
  /** Everything that the task runs stands after this, also what was started since the last call. */
  stop(): void;
  go(): void;
  /** Lets everything go on, for good. */
  release(): void;
}

/** Below the task's own group, in which the runner is: who freezes must not be frozen. */
const PROGRAMS = "programs";
/** How old the list of a task's processes may be where each is stopped by a signal: finding them takes a walk through /proc. */
const LISTED_FOR_MS = 500;

/** Makes the brake of a task; undefined where nothing could let its programs go on if this process died. */
export async function fitBrake(task: { readonly taskId: string; readonly group: string | undefined }) {
  const programs = task.group === undefined ? undefined : programsGroup(task.group);
  const freezeFile = programs === undefined ? undefined : join(programs, "cgroup.freeze");
  const deadMan = await armDeadMansSwitch(freezeFile, task.group);
  if (deadMan === undefined) return undefined;
  return task.group === undefined || programs === undefined || freezeFile === undefined
    ? signalBrake(task.taskId, deadMan)
    : freezerBrake({ own: task.group, programs, freezeFile }, deadMan);
}

function programsGroup(group: string): string | undefined {
  const programs = join(group, PROGRAMS);
  try {
    mkdirSync(programs, { recursive: true });
    // Kernels before 5.2 have control groups of the second version without a freezer.
    return existsSync(join(programs, "cgroup.freeze")) ? programs : undefined;
  } catch {
    return undefined;
  }
}

function freezerBrake(
  { own, programs, freezeFile }: { own: string; programs: string; freezeFile: string },
  deadMan: DeadMansSwitch,
): Brake {
  let isReleased = false;
  const write = (frozen: 0 | 1) => {
    try {
      writeFileSync(freezeFile, String(frozen));
    } catch {
      // The group is gone, and with it what was in it.
    }
  };
  /** Programs begin in the runner's group. Moved when they are stopped for the first time: a task at full speed costs nothing. */
  const gather = () => {
    for (const pid of directMembers(own)) if (pid !== process.pid) enterGroup(programs, pid);
  };
  const go = () => write(0);
  return {
    by: "cgroup.freeze",
    stop() {
      if (isReleased) return;
      gather();
      write(1);
    },
    go,
    release() {
      isReleased = true;
      go();
      deadMan.disarm();
    },
  };
}

function signalBrake(taskId: string, deadMan: DeadMansSwitch): Brake {
  let isReleased = false;
  let members: readonly ProcessIdentity[] = [];
  let listedAtMs = Number.NEGATIVE_INFINITY;
  const standing = new Map<number, ProcessIdentity>();
  const signal = (one: ProcessIdentity, name: "SIGSTOP" | "SIGCONT") => {
    // Its number may have gone to another process in the meantime.
    if (!isAlive(one)) return;
    try {
      process.kill(one.pid, name);
    } catch {
      // It has just ended.
    }
  };
  const list = () => {
    if (performance.now() - listedAtMs < LISTED_FOR_MS) return;
    listedAtMs = performance.now();
    members = findMembers({ marker: { name: TASK_MARKER, value: taskId }, sessions: [] })
      .filter(({ pid }) => pid !== process.pid)
      .map(({ pid, startTicks }) => ({ pid, startTicks, bootId: bootId() }));
  };
  const go = () => {
    for (const one of standing.values()) signal(one, "SIGCONT");
    if (standing.size > 0) deadMan.standing([]);
    standing.clear();
  };
  return {
    by: "SIGSTOP",
    stop() {
      if (isReleased) return;
      list();
      for (const one of members) standing.set(one.pid, one);
      deadMan.standing([...standing.keys()]);
      for (const one of standing.values()) signal(one, "SIGSTOP");
    },
    go,
    release() {
      isReleased = true;
      go();
      deadMan.disarm();
    },
  };
}
