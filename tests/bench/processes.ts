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
    const [message] = await Promise.race([
      once(program, "message"),
      once(program, "exit").then(([code]) => {
        throw new Error(`the program ended with ${code} before it said ${field}`);
      }),
    ]);
    if (typeof message === "object" && message !== null && field in message) return message as Message;
  }
}

/** Ends a program. */
export async function endProgram(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  program.kill("SIGKILL");
  await once(program, "exit");
}

const TICKS_PER_SECOND = 100;

/** Processor time that a process has used so far, in ms, user and system (Linux). */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the name in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000;
}
