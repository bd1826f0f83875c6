import { z } from "zod";
import { Flag, Milliseconds, ProgramWord, ReadPathOrNone, WholeNumber } from "./argument.ts";
import type { ActionClass } from "./defineAction.ts";
import { defineAction } from "./defineAction.ts";
import { role } from "./roles.ts";

const count = z.int().min(0);

/**
 * Variables that decide which programs are found, what is loaded into them, or what an interpreter does before the first line: with one
 * of these a signed text would do something else than it says.
 */
const DECIDING =
  /^(PATH|IFS|ENV|SHELLOPTS|PS4|PROMPT_COMMAND|GCONV_PATH|LOCPATH|NODE_OPTIONS|RUBYOPT|LD_.*|BASH.*|PYTHON.*|PERL5.*|SLACKWATER_.*)$/;

const variable = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,62}$/, "the name of a variable, in capitals")
  .refine((name) => !DECIDING.test(name), "a variable that does not decide what is run");

/** The two differ in what they are allowed to do, and so in what authority they need; not in how they are carried out. */
function script<const Name extends string>(name: Name, title: string, actionClass: ActionClass) {
  return defineAction({
    name,
    title,
    class: actionClass,
    args: z.strictObject({
      interpreter: z.enum(["/bin/bash", "/bin/sh", "/usr/bin/python3"]),
      /** The script itself, as it stands in the signed runbook: values come in as arguments or by the environment. */
      text: z
        .string()
        .min(1)
        .max(64_000)
        .refine((text) => !text.includes("\0"), "a text without NUL")
        .meta(role("script")),
      /** What the script finds as `$1`, `$2` (sys.argv in Python), one by one. */
      args: z.array(ProgramWord).max(100).default([]),
      /** All that its environment has beside PATH, LC_ALL=C and TZ=UTC. Never a secret. */
      environment: z.record(variable, ProgramWord).default({}),
      /** Where it runs; empty: in `/`. */
      workIn: ReadPathOrNone.default(""),
      timeoutMs: Milliseconds.default(600_000),
      acceptExitCodes: z
        .array(WholeNumber.pipe(z.int().min(0).max(255)))
        .min(1)
        .max(20)
        .default([0]),
      /** True where it may simply be run again when nobody can tell how it ended. */
      repeatable: Flag.default(false),
    }),
    result: z.object({
      exit_code: count,
      /** The last twenty lines of its standard output, made safe to show. */
      lines: z.array(z.string()),
      /** The last of them. */
      last_line: z.string(),
      /** The same as a number where it is one, else 0. */
      number: z.number(),
      /** Of the text that was carried out. */
      sha256: z.string(),
      duration_ms: count,
    }),
    tools: { bash: "bash", python3: "python3" },
    secrets: [],
    literalArgs: ["interpreter", "text"],
  });
}

/** Runs a script that is part of the runbook's signed text, where agent.yaml says `scripts: true`. What it changes can be put back. */
export const scriptRun = script("script.run", "Run a script of the runbook", "change");

/** The same for a script that overwrites, formats or drops: it needs the authority of that, and no rollback may hold it. */
export const scriptDestroy = script("script.destroy", "Run a script of the runbook that destroys", "destroy");
