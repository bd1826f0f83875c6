import type { ComposeProject } from "../../../domain/action/compose.ts";
import { Failure } from "../../../domain/failure.ts";
import { bash } from "../../byHand/bash.ts";
import { programLine } from "../../byHand/programLine.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { ComposeClient } from "../../tools/compose.ts";
import { composeConfigCall, composeVersionCall, parseComposeMajor, parseUnsetVariables } from "../../tools/compose.ts";
import type { ToolCall } from "../../tools/toolCall.ts";
import type { PlannedCall } from "../action.ts";
import { noteOf } from "../action.ts";

/**
 * Which Compose this host has, by asking for the plug-in; the other is no longer kept up, and takes a second to say its version. Where
 * neither is there, the first call of version 1 says so.
 */
export async function findClient(context: ActionContext): Promise<ComposeClient> {
  try {
    const { exitCode, stdout } = await context.program({ ...composeVersionCall(), stdout: { to: "callbacks" } });
    return exitCode === 0 && parseComposeMajor(stdout.toString()) !== undefined ? "v2" : "v1";
  } catch (error) {
    if (error instanceof Failure && error.code === "toolMissing") return "v1";
    throw error;
  }
}

/** What `plan` says of a call: which Compose there is can't be known without looking. */
export function plannedCompose(callOf: (client: ComposeClient) => ToolCall): readonly PlannedCall[] {
  const { file, args } = callOf("v2");
  const version = programLine(composeVersionCall());
  const line = bash`if ${version} >/dev/null 2>&1; then ${[file, ...args]}; else ${programLine(callOf("v1"))}; fi`;
  return [
    { kind: "program", file, args, bash: [line] },
    noteOf("with docker-compose and the same words, where there is no docker compose", []),
  ];
}

/** Lets Compose read the files. Throws `expectationFailed` for variables that nobody has set, `argumentsInvalid` for what is no project. */
export async function checkFiles(
  client: ComposeClient,
  project: ComposeProject,
  { allowUnset, context }: { readonly allowUnset: boolean; readonly context: ActionContext },
): Promise<void> {
  const { stderrTail } = await context.program({ ...composeConfigCall(client, project), cwd: project.directory });
  const unset = parseUnsetVariables(stderrTail.toString());
  if (unset.length === 0 || allowUnset) return;
  throw new Failure(
    "expectationFailed",
    `The files of ${project.name} use variables that are not set: ${unset.join(", ")}. Compose would put nothing in their place. Set them in ${project.directory}/.env, or allow it in the runbook.`,
  );
}
