import { createHash } from "node:crypto";
import type { z } from "zod";
import { scriptDestroy, scriptRun } from "../../../domain/action/script.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { MINIMAL_ENVIRONMENT } from "../../process/programSpawn.ts";
import { interpreterCall, SCRIPT_FD } from "../../tools/interpreter.ts";
import type { Action, PlannedCall } from "../action.ts";
import { noteOf } from "../action.ts";
import { lookAtForeign } from "../foreignProgram.ts";

type Args = z.output<typeof scriptRun.args>;
type Result = z.output<typeof scriptRun.result>;

/** How many of the last lines are part of the result, and how much of each; all of them are in the task's output. */
const LAST_LINES = 20;
const LINE_CHARACTERS = 400;

/** How both are carried out. The text never becomes a part of a command line: it is read from a descriptor. */
const how = {
  plan,
  run,
  inspect: ({ repeatable }: Args) => lookAtForeign("the script", repeatable),
};

/** `script.run`. */
export const scriptRunAction: Action<typeof scriptRun.args, typeof scriptRun.result> = { spec: scriptRun, ...how };

/** `script.destroy`. */
export const scriptDestroyAction: Action<typeof scriptDestroy.args, typeof scriptDestroy.result> = {
  spec: scriptDestroy,
  ...how,
};

function plan({ interpreter, text, args, environment, workIn, acceptExitCodes }: Args): readonly PlannedCall[] {
  const { file, args: words } = interpreterCall(interpreter, args, acceptExitCodes);
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const lines = text.trimEnd().split("\n").length;
  const given = Object.entries({ ...MINIMAL_ENVIRONMENT, ...environment }).map(([name, value]) => `${name}=${value}`);
  const alone = ["env", "--ignore-environment", ...given, file, ...words];
  const line = bash`(cd -- ${workIn === "" ? "/" : workIn} && ${alone} ${SCRIPT_FD}< <(printf '%s' ${text}))`;
  return [
    { kind: "program", file, args: words, bash: acceptedByHand(line, acceptExitCodes) },
    noteOf(`descriptor ${SCRIPT_FD} is the script of ${lines} lines in the runbook, SHA-256 ${sha256Of(text)}`, []),
    ...(variables.length === 0 ? [] : [noteOf(`with ${variables.join(" ")}`, [])]),
    ...(workIn === "" ? [] : [noteOf(`in ${workIn}`, [])]),
  ];
}

function acceptedByHand(line: BashLine, exitCodes: readonly number[]): readonly BashLine[] {
  const [only, ...others] = exitCodes;
  if (only === 0 && others.length === 0) return [line];
  return [
    bash`ended=0`,
    bash`${line} || ended=$?`,
    bash`[[ ${` ${exitCodes.join(" ")} `} == *" $ended "* ]] || ${REFUSE} "It ended with $ended."`,
  ];
}

const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");

async function run(given: Args, context: ActionContext): Promise<Result> {
  const { interpreter, text, args, environment, workIn, timeoutMs, acceptExitCodes } = given;
  const beganMs = performance.now();
  const lines: string[] = [];
  const { exitCode } = await context.program({
    ...interpreterCall(interpreter, args, acceptExitCodes),
    secretFds: [{ fd: SCRIPT_FD, bytes: Buffer.from(text) }],
    env: environment,
    ...(workIn === "" ? {} : { cwd: workIn }),
    timeoutMs,
    onStdoutLine: (line) => {
      lines.push(toSafeText(Buffer.from(line)).slice(0, LINE_CHARACTERS));
      if (lines.length > LAST_LINES) lines.shift();
    },
  });
  const lastLine = lines.at(-1)?.trim() ?? "";
  const number = lastLine === "" ? 0 : Number(lastLine);
  return {
    exit_code: exitCode,
    lines,
    last_line: lastLine,
    number: Number.isFinite(number) ? number : 0,
    sha256: sha256Of(text),
    duration_ms: Math.round(performance.now() - beganMs),
  };
}
