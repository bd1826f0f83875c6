import { setTimeout as sleep } from "node:timers/promises";
import { errnoOf } from "./durableFile.ts";
import type { HostProcess } from "./processTable.ts";
import { findProcess } from "./processTable.ts";
import type { EndedProcess } from "./spoolFiles.ts";

const LOOK_EVERY_MS = 100;
/** How long KILL is repeated. What lives on after that waits in the kernel for a disk and can't be ended by anyone. */
const KILL_FOR_MS = 5_000;

/** Waits until there are none of these processes, or until `withinMs` have passed. */
export async function untilGone(find: () => readonly HostProcess[], withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  while (performance.now() < until && find().length > 0) await sleep(LOOK_EVERY_MS);
}

/** What was ended and what could not be. */
export interface Ending {
  readonly ended: readonly EndedProcess[];
  readonly left: readonly HostProcess[];
}

/** Signals exactly this process: its number may have gone to another in the meantime. */
function signalOne(one: HostProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (findProcess(one.pid)?.startTicks !== one.startTicks) return;
  try {
    process.kill(one.pid, signal);
    // One that stands, for a throttle or by somebody's hand, would not hear it.
    process.kill(one.pid, "SIGCONT");
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}

/**
 * Ends processes: TERM to each, `graceMs` to comply, then KILL until none is left. `find` is asked again and again, so that
 * what is forked meanwhile is ended too. Returns what was ended, by which signal, and what is left.
 */
export async function endProcesses(find: () => readonly HostProcess[], graceMs: number): Promise<Ending> {
  const seen = new Map<string, { process: HostProcess; by: "TERM" | "KILL" }>();
  const keyOf = (one: HostProcess) => `${one.pid}/${one.startTicks}`;

  const signalAll = (by: "TERM" | "KILL"): readonly HostProcess[] => {
    const living = find();
    for (const one of living) {
      // TERM is said once to each, since some programs take a second one as an order to hurry.
      if (by === "TERM" && seen.has(keyOf(one))) continue;
      seen.set(keyOf(one), { process: one, by });
      signalOne(one, by === "TERM" ? "SIGTERM" : "SIGKILL");
    }
    return living;
  };

  const repeat = async (by: "TERM" | "KILL", forMs: number): Promise<readonly HostProcess[]> => {
    const until = performance.now() + forMs;
    for (;;) {
      const living = signalAll(by);
      if (living.length === 0) return living;
      if (performance.now() >= until) return living;
      await sleep(LOOK_EVERY_MS);
    }
  };

  let left = await repeat("TERM", graceMs);
  if (left.length > 0) left = await repeat("KILL", KILL_FOR_MS);
  const alive = new Set(left.map(keyOf));
  const ended = [...seen]
    .filter(([key]) => !alive.has(key))
    .map(([, { process: one, by }]) => ({ pid: one.pid, command: one.command, by }));
  return { ended, left };
}
