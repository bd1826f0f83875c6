import { z } from "zod";
import type { Problem } from "../../domain/runbook/problem.ts";
import type { Runbook, Trigger } from "../../domain/runbook/schema.ts";
import { MAX_RUNBOOK_CHARACTERS } from "../../domain/runbook/textLimit.ts";

/** A new version of a runbook: the text, checked before it is stored. */
export const CreateRunbookBody = z.strictObject({
  text: z
    .string()
    .min(1, "The text is empty.")
    .max(MAX_RUNBOOK_CHARACTERS, "A runbook has 200,000 characters at most."),
});

/** One line in the list of runbooks: the newest version of each. */
export interface RunbookLine {
  readonly digest: string;
  readonly slug: string;
  readonly title: string;
  readonly version: string;
  readonly summary: string;
  readonly createdAt: number;
}

/** A runbook as the form of a new window needs it. */
export interface RunbookView extends RunbookLine {
  readonly text: string;
  readonly hosts: readonly { readonly role: string; readonly title: string }[];
  readonly parameters: readonly {
    readonly name: string;
    readonly title: string;
    readonly type: Runbook["parameters"][string]["type"];
    readonly default: string | number | boolean | null;
    readonly choices: readonly string[] | null;
    readonly pattern: string | null;
    readonly description: string;
  }[];
  readonly steps: readonly {
    readonly id: string;
    readonly number: number | null;
    readonly title: string;
    readonly kind: string;
    readonly plannedMs: number | null;
  }[];
  readonly triggers: readonly {
    readonly id: string;
    readonly title: string;
    readonly action: Trigger["action"];
    /** How long its condition has to hold; 0: once is enough. */
    readonly forMs: number;
  }[];
}

/** What became of a new version: stored under the digest of its text, or what is wrong with it, line by line. */
export type StoreRunbookAnswer =
  | { readonly ok: true; readonly digest: string; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };
