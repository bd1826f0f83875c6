import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

/** What a script said, and its exit code. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What stands in its environment beside PATH. */
export type Env = Readonly<Record<string, string>>;

/** How long a script of a test may take (ms): then all that it started is ended. */
const PATIENCE_MS = 60_000;

/**
 * Runs a program in a session of its own, which has no terminal: nothing that asks can hang a test, whoever started it. One that takes too
 * long is ended with all that it started.
 */
export function runAlone(words: readonly [string, ...string[]], env: Env = {}, input?: string): Promise<Ended> {
  const [file, ...args] = words;
  const child = spawn(file, args, {
    env: { NODE_ENV: "test", PATH: process.env.PATH, ...env },
    detached: true,
    // A pipe of Node's is a socket, and bash takes one for a login from elsewhere, with start-up files.
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const said = { out: [] as Buffer[], err: [] as Buffer[] };
  child.stdout?.on("data", (chunk: Buffer) => void said.out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => void said.err.push(chunk));
  child.stdin?.end(input);
  const end = () => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  const timer = setTimeout(end, PATIENCE_MS);
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  child.once("error", reject);
  child.once("close", (code) => {
    clearTimeout(timer);
    resolve({ code, out: Buffer.concat(said.out).toString(), err: Buffer.concat(said.err).toString() });
  });
  return promise;
}

/** Where ShellCheck is installed. */
export const hasShellcheck = existsSync("/usr/bin/shellcheck");
if (!hasShellcheck) console.warn("SKIPPED, what shellcheck says of written scripts: it is not installed");
