import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ended, Env } from "../../byHand/support/runBash.ts";
import { runAlone } from "../../byHand/support/runBash.ts";

const CLI = fileURLToPath(new URL("../../../../agent/cli.ts", import.meta.url));
/** The runbook that is shipped. */
export const SHIPPED = fileURLToPath(new URL("../../../../runbooks/luks-postgres/runbook.yaml", import.meta.url));

/** What the agent's command line is told. */
export interface Told {
  readonly file: string;
  readonly out: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly facts?: Readonly<Record<string, string | number>>;
  /** Absent: one that is not there. */
  readonly config?: string;
  readonly more?: readonly string[];
  /** The agent's program; that of the checkout. */
  readonly program?: string;
}

/** `slackwater-agent scripts`, as a person calls it. */
export function writeScripts({
  file,
  out,
  params = {},
  facts = {},
  config = "/nonexistent/agent.yaml",
  more = [],
  program = CLI,
}: Told): Promise<Ended> {
  const pairs = (option: string, all: Readonly<Record<string, string | number>>) =>
    Object.entries(all).flatMap(([name, value]) => [option, `${name}=${value}`]);
  const words = ["scripts", file, "--out", out, ...pairs("--param", params), ...pairs("--fact", facts), ...more];
  const { SLACKWATER_KEPT_DIRECTORY } = process.env;
  const env: Env = SLACKWATER_KEPT_DIRECTORY === undefined ? {} : { SLACKWATER_KEPT_DIRECTORY };
  return runAlone([process.execPath, program, ...words, "--config", config], env);
}

/** The path of the script of a task, whatever its number. */
export function scriptNamed(folder: string, id: string): string {
  const found = readdirSync(folder).find((name) => name === `${id}.sh` || name.replace(/^\d+-/, "") === `${id}.sh`);
  if (found === undefined) throw new Error(`there is no script ${id} in ${folder}`);
  return join(folder, found);
}
