import { fileURLToPath } from "node:url";

/** The word that makes the installed program a runner. */
export const RUNNER_WORD = "runner";

/** How the agent starts parts of itself. */
export interface OwnProgram {
  /** What comes after `node` to start a runner; the spool directory of its task follows. */
  readonly runner: readonly string[];
  /** Absolute path of the module with `perform`. */
  readonly performModule: string;
}

const own = fileURLToPath(import.meta.url);

/** In a checkout these are source files; installed, all of the agent is one file (agent/installed.ts), which this one is a part of. */
export const OWN_PROGRAM: OwnProgram = own.endsWith(".ts")
  ? {
      runner: [fileURLToPath(new URL("./runner.ts", import.meta.url))],
      performModule: fileURLToPath(new URL("../actions/perform.ts", import.meta.url)),
    }
  : { runner: [own, RUNNER_WORD], performModule: own };
