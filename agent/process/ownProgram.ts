import { fileURLToPath } from "node:url";

/** How the agent starts parts of itself. */
export interface OwnProgram {
  /** Absolute path of the program that carries out one task. */
  readonly runner: string;
  /** Absolute path of the module with `perform`, which the runner loads. */
  readonly performModule: string;
}

/** Name of the installed runner, beside the installed agent: scripts/agentPackage makes both, of one file each. */
export const INSTALLED_RUNNER = "runner.js";

const inCheckout: OwnProgram = {
  runner: fileURLToPath(new URL("./runner.ts", import.meta.url)),
  performModule: fileURLToPath(new URL("../actions/perform.ts", import.meta.url)),
};

/** In a checkout these are source files. Installed, this module is a part of the agent's one file, and the runner has the actions in it. */
export const OWN_PROGRAM: OwnProgram = import.meta.url.endsWith(".ts")
  ? inCheckout
  : { runner: besideUs(INSTALLED_RUNNER), performModule: besideUs(INSTALLED_RUNNER) };

function besideUs(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
