import { z } from "zod";
import { Flag, Milliseconds, ProgramWord, ReadPathOrNone, WholeNumber } from "./argument.ts";
import type { ActionSpec } from "./defineAction.ts";
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

const args = z.strictObject({
  interpreter: z
    .enum(["/bin/bash", "/bin/sh", "/usr/bin/python3"])
    .describe("What carries the script out: bash without start-up files, sh, or Python isolated (`-I`)."),
  text: z
    .string()
    .min(1)
    .max(64_000)
    .refine((text) => !text.includes("\0"), "a text without NUL")
    .meta(role("script"))
    .describe(
      "The script itself, as it stands in the signed runbook: values come in as arguments or by the environment.",
    ),
  args: z
    .array(ProgramWord)
    .max(100)
    .default([])
    .describe("What the script finds as `$1`, `$2` (sys.argv in Python), one by one."),
  environment: z
    .record(variable, ProgramWord)
    .default({})
    .describe("All that its environment has beside PATH, LC_ALL=C and TZ=UTC. Never a secret."),
  workIn: ReadPathOrNone.default("").describe("Folder that it runs in; empty: `/`."),
  timeoutMs: Milliseconds.default(600_000).describe("How long it may take; then it is ended, and the step fails."),
  acceptExitCodes: z
    .array(WholeNumber.pipe(z.int().min(0).max(255)))
    .min(1)
    .max(20)
    .default([0])
    .describe("Exit codes of the script that are a success."),
  repeatable: Flag.default(false).describe("True where it may simply be run again when nobody can tell how it ended."),
});

/** The two differ in what they are allowed to do, and so in what authority they need; not in how they are carried out. */
function script(said: Pick<ActionSpec<typeof args>, "name" | "title" | "about" | "class" | "example" | "undo">) {
  return defineAction({
    ...said,
    args,
    result: z.object({
      exit_code: count,
      lines: z.array(z.string()).describe("The last twenty lines of its standard output, made safe to show."),
      last_line: z.string().describe("The last of them."),
      number: z.number().describe("The same as a number where it is one, else 0."),
      sha256: z.string().describe("Of the text that was carried out."),
      duration_ms: count,
    }),
    afterCancel:
      "What the script had done by then: it is ended with what it started, and only a look at what it was to do can tell how far it came.",
    tools: { bash: "bash", python3: "python3" },
    secrets: [],
    literalArgs: ["interpreter", "text"],
  });
}

/** `script.run`. */
export const scriptRun = script({
  name: "script.run",
  title: "Run a script of the runbook",
  about:
    "Runs a script that is part of the runbook's signed text, as root, where agent.yaml says `scripts: true`; nothing else in that file limits what it does. Its author says, and the approvers judge, that what it changes can be put back. The text is carried out as it stands: a template in it is refused, and so is a variable that decides what is run, such as PATH. After an unknown outcome it is not run again, unless `repeatable` says that it may be.",
  class: "change",
  example: {
    interpreter: "/bin/sh",
    text: 'set -eu\nsed -i "s/^mode=.*/mode=$MODE/" "$1"\ngrep -c "^mode=$MODE$" "$1"\n',
    args: ["/etc/shop/worker.conf"],
    environment: { MODE: "drain" },
    repeatable: true,
  },
  undo: "As its author knows: the runbook needs a step of its own, such as another script, that puts back what this one changes.",
});

/** `script.destroy`. */
export const scriptDestroy = script({
  name: "script.destroy",
  title: "Run a script of the runbook that destroys",
  about:
    "The same as `script.run` for a script that overwrites, formats or drops: it needs the authority of that, and no rollback may hold it.",
  class: "destroy",
  example: {
    interpreter: "/bin/bash",
    text: 'set -euo pipefail\nfind "$1" -mindepth 1 -delete\nfind "$1" -mindepth 1 | wc -l\n',
    args: ["/var/cache/shop"],
    repeatable: true,
  },
  undo: "It can't be undone: what the script overwrites, formats or drops is lost, unless something else has kept it.",
});
