import type { PlannedCall, PlannedProgram } from "../actions/action.ts";
import { showCommand } from "../process/showCommand.ts";

/** One thing that would be done: a command as a shell would take it, programs side by side, or what no program does, in brackets. */
export function callLines(call: PlannedCall): readonly string[] {
  switch (call.kind) {
    case "program":
      return [programText(call, call.fillIn), ...intoText(call.into)];
    case "pipeline": {
      const programs = call.programs.map((program, i) => `${i === 0 ? "" : "| "}${programText(program)}`);
      return [...programs, ...intoText(call.into)];
    }
    case "note":
      return [`(${call.text})`];
    default:
      return call satisfies never;
  }
}

const intoText = (into: string | undefined) => (into === undefined ? [] : [`> ${showCommand([into])}`]);

/** What a program needs beside its words stands behind them, in brackets. */
function programText({ file, args, as, secrets = {}, passwordFile = "" }: PlannedProgram, fillIn?: string): string {
  const beside = [
    ...(as === undefined ? [] : [`as ${as}`]),
    ...Object.entries(secrets).map(([descriptor, name]) => `descriptor ${descriptor} is the secret ${name}`),
    ...(passwordFile === "" ? [] : [`with the password in ${passwordFile}`]),
    ...(fillIn === undefined ? [] : [fillIn]),
  ];
  const command = showCommand([file, ...args]);
  return beside.length === 0 ? command : `${command}  (${beside.join("; ")})`;
}
