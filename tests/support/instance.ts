import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";

const Started = z.object({ pid: z.int(), adopted: z.boolean(), appUrl: z.string(), ownerUrl: z.string() });
const Stopped = z.object({ outcome: z.string() });

/** Another process that uses the embedded database (tests/support/programs/holdDatabase.ts). */
export interface Instance extends z.infer<typeof Started> {
  /** Asks it to let go; returns what became of the server. */
  stop(): Promise<string>;
  /** Ends the process the hard way: no handler of it runs. */
  kill(): Promise<void>;
}

/** Starts an instance on a folder. `as` drops to another account first (root only, by setpriv). */
export async function startInstance(directory: string, as?: { uid: number; gid: number }): Promise<Instance> {
  const child = launch([directory], as);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const started = Started.parse(JSON.parse((await lines.next()).value ?? "null"));
  return {
    ...started,
    stop: async () => {
      child.stdin.end("stop\n"); // an open pipe would keep the other process alive
      const { outcome } = Stopped.parse(JSON.parse((await lines.next()).value ?? "null"));
      if (child.exitCode === null) await once(child, "exit");
      return outcome;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/** Starts and stops the database again and again in another process; resolves with its exit code. */
export async function startAndStopRepeatedly(directory: string, rounds: number): Promise<number | null> {
  const child = launch([directory, String(rounds)]);
  await once(child, "exit");
  return child.exitCode;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

function launch(words: readonly string[], as?: { uid: number; gid: number }): Child {
  const program = path.join(import.meta.dirname, "programs", "holdDatabase.ts");
  return spawn(process.execPath, [program, ...words], { ...as, stdio: ["pipe", "pipe", "inherit"] });
}
