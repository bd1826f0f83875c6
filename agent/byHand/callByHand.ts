import type { PlannedCall } from "../actions/action.ts";
import { showCommand } from "../process/showCommand.ts";
import type { BashLine } from "./bash.ts";
import { bash } from "./bash.ts";
import { BY_HAND } from "./prelude.ts";
import { pipelineLine, programLine } from "./programLine.ts";

/** The lines by which a person carries a call out. What no line of ours does is for the person: it is said, and never left out. */
export function linesOf(call: PlannedCall): readonly BashLine[] {
  if (call.bash !== undefined) return call.bash;
  switch (call.kind) {
    case "program":
      return [call.fillIn === undefined ? programLine(call) : fillIn(call.fillIn, [call.file, ...call.args])];
    case "pipeline":
      return [pipelineLine(call.programs, call.into)];
    case "note":
      return [bash`${BY_HAND} ${call.text}`];
    default:
      return call satisfies never;
  }
}

const fillIn = (what: string, command: readonly string[]) =>
  bash`${BY_HAND} ${`Run, ${what}: ${showCommand(command)}`}`;
