import { setTimeout as sleep } from "node:timers/promises";
import type { Ending } from "./endProcesses.ts";
import { endProcesses } from "./endProcesses.ts";
import type { HostProcess } from "./processTable.ts";
import { findMembers, findProcess, isAlive, TASK_MARKER } from "./processTable.ts";
import type { EndedProcess, ProcessIdentity, SpoolPaths } from "./spoolFiles.ts";
import { RunnerFile, RunningFile, readSpoolFile, TaskFile } from "./spoolFiles.ts";
import { thawBelow } from "./taskGroup.ts";

/** Time a runner has to write its report once everything that it ran is gone. */
const REPORT_MS = 3_000;

/** A head start for the runner, so that it knows why its programs end. */
const HEAR_MS = 50;

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The runner of a task, alive or not; undefined when none has ever begun. */
export function runnerOf(paths: SpoolPaths): ProcessIdentity | undefined {
  return quietly(() => readSpoolFile(paths.runner, RunnerFile))?.process;
}

/** The control group of a task; undefined when it has none. */
export function groupOf(paths: SpoolPaths): string | undefined {
  return quietly(() => readSpoolFile(paths.task, TaskFile))?.group;
}

/** Every living process of a task. */
export function processesOf(taskId: string, paths: SpoolPaths): HostProcess[] {
  const programs = quietly(() => readSpoolFile(paths.running, RunningFile))?.programs ?? [];
  const runner = runnerOf(paths);
  const sessions = [...programs.map(({ process }) => process), ...(runner ? [runner] : [])];
  return findMembers({ marker: { name: TASK_MARKER, value: taskId }, sessions, group: groupOf(paths) });
}

const kill = (one: HostProcess): void => {
  if (findProcess(one.pid)?.startTicks !== one.startTicks) return;
  quietly(() => process.kill(one.pid, "SIGKILL"));
};

/**
 * Ends a task and everything it started: TERM to all, `graceMs` to comply, KILL to all but the runner, which then says its last
 * word, and to the runner too when it does not. What is left after that, nobody can end.
 */
export async function endTask(taskId: string, paths: SpoolPaths, graceMs: number): Promise<Ending> {
  const runner = runnerOf(paths);
  const isRunner = (one: HostProcess) => one.pid === runner?.pid && one.startTicks === runner.startTicks;
  // TERM tells the runner to begin nothing more; its own end is not a thing to be proud of and stands in no receipt.
  const runnerProcess = runner && isAlive(runner) ? findProcess(runner.pid) : undefined;
  if (runnerProcess) {
    quietly(() => process.kill(runnerProcess.pid, "SIGTERM"));
    await sleep(HEAR_MS);
  }
  // The runner has let its programs go when it heard that; one that is dead or deaf has not, and nothing that stands can end in order.
  const group = groupOf(paths);
  if (group !== undefined) thawBelow(group);
  const others = () => processesOf(taskId, paths).filter((one) => !isRunner(one));
  const startedAt = performance.now();
  const { ended, left } = await endProcesses(others, graceMs);
  // An action that computes in the runner itself has its grace too.
  const patience = Math.max(startedAt + graceMs, performance.now()) + REPORT_MS;
  while (runner && isAlive(runner) && performance.now() < patience) await sleep(50);
  const stubborn = runner && isAlive(runner) ? findProcess(runner.pid) : undefined;
  if (!stubborn) return { ended, left };
  kill(stubborn);
  for (let i = 0; i < 40 && runner && isAlive(runner); i += 1) await sleep(50);
  // What the runner may have begun between the last look and its end.
  const late = await endProcesses(others, 0);
  const runnerEnd: EndedProcess = { pid: stubborn.pid, command: stubborn.command, by: "KILL" };
  return { ended: [...ended, ...late.ended, runnerEnd], left: late.left };
}
