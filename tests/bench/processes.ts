import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A program of the benchmarks in a process of its own, spoken to by messages. */
export function startProgram(name: string): ChildProcess {
  return fork(join(import.meta.dirname, "programs", `${name}.ts`), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

/** The next message of a program that has a field; throws when the program ends first. */
export async function hear<Message>(program: ChildProcess, field: string): Promise<Message> {
  for (;;) {
    const heard = new AbortController();
    const { signal } = heard;
    try {
      const [message] = await Promise.race([
        once(program, "message", { signal }),
        once(program, "exit", { signal }).then(([code]) => {
          throw new Error(`the program ended with ${code} before it said ${field}`);
        }),
      ]);
      if (typeof message === "object" && message !== null && field in message) return message as Message;
    } finally {
      heard.abort();
    }
  }
}

/** Rejects when this process is told to end, so that whoever works for an hour ends what it started. */
export function endedBySignal(): Promise<never> {
  return new Promise((_, reject) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => reject(new Error(`ended by ${name}`)));
  });
}

/** Ends a program. */
export async function endProgram(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  program.kill("SIGKILL");
  await once(program, "exit");
}

const TICKS_PER_SECOND = 100;

/** Fields of /proc/PID/stat after the name, which stands in brackets and may hold anything (proc(5): the first is field 3). */
function statFields(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

const inMs = (...ticks: readonly (string | undefined)[]): number =>
  (ticks.reduce((sum, each) => sum + Number(each), 0) / TICKS_PER_SECOND) * 1000;

/** Processor time that a process has used so far, in ms, user and system (Linux). */
export function cpuMs(pid: number): number {
  const fields = statFields(pid);
  return inMs(fields[11], fields[12]);
}

/** Processor time of the children of a process that have ended and were waited for, with theirs, in ms. */
export function endedChildrenCpuMs(pid: number): number {
  const fields = statFields(pid);
  return inMs(fields[13], fields[14]);
}

/** Memory of a process that is in the machine's memory, in bytes (VmRSS). */
export function residentBytes(pid: number): number {
  const [, kib = Number.NaN] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) * 1024;
}
