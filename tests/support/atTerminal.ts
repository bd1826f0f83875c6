import { spawn } from "node:child_process";

/** What a program said on a terminal, and its exit code. */
export interface Told {
  readonly code: number | null;
  readonly out: string;
}

/**
 * Runs a program at a terminal of its own, on which somebody answers: each answer is typed when the question before it is the last
 * thing that was said. `script` (bsdutils) makes the terminal.
 * @param env added to the environment; undefined removes
 */
export function atTerminal(
  words: readonly string[],
  answers: readonly (readonly [question: string, answer: string])[],
  env: NodeJS.ProcessEnv = { NODE_ENV: "test" },
): Promise<Told> {
  const command = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], { env: { ...process.env, ...env } });
  const open = [...answers];
  let out = "";
  let seen = 0;
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
    const [next] = open;
    const at = next === undefined ? -1 : out.indexOf(next[0], seen);
    if (next === undefined || at === -1) return;
    seen = at + next[0].length;
    open.shift();
    child.stdin.write(`${next[1]}\r`);
  });
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  child.once("error", reject);
  child.once("close", (code) => resolve({ code, out }));
  return promise;
}
