import { join } from "node:path";
import type { FailureReport } from "../../../domain/failure.ts";
import type { Guest } from "../../../scripts/guest/guest.ts";

/** One thing that is done on a guest: an action of the agent's with its secrets, a look by it, or a command of ours. */
export type Act =
  | {
      readonly do: "run" | "inspect";
      readonly action: string;
      readonly args: object;
      readonly secrets?: Readonly<Record<string, string>>;
    }
  | { readonly do: "shell"; readonly command: string };

/** How it ended. */
export interface ActEnd {
  /** Of any action; tests look into it. */
  readonly result?: Readonly<Record<string, unknown>>;
  readonly failure?: FailureReport;
  readonly output?: string;
  readonly log: readonly string[];
}

const program = join(import.meta.dirname, "actOnHost.ts");

/** Has acts carried out in a guest by one program there: what the agent's actions keep from one to the next is the same for all. */
export async function actOn(guest: Guest, acts: readonly Act[], timeoutMs = 120_000): Promise<readonly ActEnd[]> {
  const words = JSON.stringify(acts).replaceAll("'", "'\\''");
  const { exitCode, output } = await guest.exec(`node ${program} '${words}'`, { timeoutMs });
  const ends = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as ActEnd);
  if (exitCode !== 0 || ends.length !== acts.length) throw new Error(`${ends.length} of ${acts.length}:\n${output}`);
  return ends;
}
