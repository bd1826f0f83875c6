import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { waitUntil } from "../../../support/waitUntil.ts";
import type { Host } from "../../link/support/host.ts";

const CLI = fileURLToPath(new URL("../../../../agent/cli.ts", import.meta.url));

/** A person at the terminal of `slackwater-agent run --local`, who reads before they type. */
export interface Typist {
  /** Waits until a text was shown behind what was waited for before. */
  reads(text: string, withinMs?: number): Promise<void>;
  types(...lines: readonly string[]): void;
  /** All that was shown. */
  shown(): string;
  /** The exit code, when the command has ended by itself. */
  readonly ended: Promise<number | null>;
  /** The terminal is lost: SIGKILL. */
  kill(): Promise<void>;
}

/** Starts the command on a pack; what it says on standard error is shown too. */
export function sitDown(host: Host, pack: string): Typist {
  const words = [CLI, "run", "--local", pack, "--state", host.stateDir, "--config", host.configFile];
  const child = spawn(process.execPath, words, { stdio: ["pipe", "pipe", "pipe"] });
  let shown = "";
  let readTo = 0;
  const hear = (chunk: Buffer) => {
    shown += String(chunk);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    ended,
    shown: () => shown,
    async reads(text, withinMs = 20_000) {
      await waitUntil(`"${text}" in the terminal`, () => shown.indexOf(text, readTo) !== -1, withinMs).catch(() => {
        throw new Error(`"${text}" was not shown. Shown:\n${shown}`);
      });
      readTo = shown.indexOf(text, readTo) + text.length;
    },
    types(...lines) {
      for (const line of lines) child.stdin.write(`${line}\n`);
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
