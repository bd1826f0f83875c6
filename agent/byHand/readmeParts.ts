import type { HostRole } from "../../domain/ids.ts";
import type { AnyStep } from "../../domain/run/findStep.ts";
import type { Origin, Script } from "./scriptText.ts";
import type { Writing } from "./taskByHand.ts";

/** What the page beside the scripts is made of. */
export interface Readme {
  readonly writing: Writing;
  readonly origin: Origin;
  readonly role: HostRole;
  readonly scripts: readonly Script[];
  /** Tasks that are not carried out with these parameters. */
  readonly leftOut: readonly AnyStep[];
  /** Whether an agent.yaml was held against the arguments. */
  readonly configFile: string | undefined;
}

/** Text on a line of a page: one line, and nothing that a reader of Markdown would take for more. */
export const onLine = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_{}[\]<>|]/g, "\\$&")
    .trim();

/** Words that are code. */
export const code = (text: string) => `\`${text.replaceAll(/\s+/g, " ").replaceAll("`", "'")}\``;

/** A list, or that there is nothing. */
export const list = (lines: readonly string[]) =>
  lines.length === 0 ? "Nothing." : lines.map((line) => `- ${line}`).join("\n");
