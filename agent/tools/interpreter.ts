import type { z } from "zod";
import type { scriptRun } from "../../domain/action/script.ts";
import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** What carries a script out: the closed list of the action. */
export type Interpreter = z.output<typeof scriptRun.args>["interpreter"];

/** The descriptor from which the script is read. */
export const SCRIPT_FD = 3;

/**
 * What stands before the script. No start-up file and no variable of the environment has a say: a shell that is not interactive reads none
 * but BASH_ENV and ENV, which are never set, and Python is isolated (`-I`).
 */
const BEFORE: Readonly<Record<Interpreter, readonly string[]>> = {
  "/bin/bash": ["--noprofile", "--norc"],
  "/bin/sh": [],
  "/usr/bin/python3": ["-I"],
};

const PACKAGES: Readonly<Record<Interpreter, string>> = {
  "/bin/bash": "bash",
  "/bin/sh": "dash",
  "/usr/bin/python3": "python3",
};

/** 127 is a shell's word for a program that is not there; anything else is the script's own. */
const failureOf = failureBy({ 127: "toolMissing" });

/** Runs a script from a descriptor. What follows its name are the script's own arguments, whatever they begin with. */
export function interpreterCall(
  interpreter: Interpreter,
  args: readonly string[],
  acceptExitCodes: readonly number[],
): ToolCall {
  return {
    file: interpreter,
    args: [...BEFORE[interpreter], `/dev/fd/${SCRIPT_FD}`, ...args],
    debianPackage: PACKAGES[interpreter],
    acceptExitCodes,
    failureOf,
  };
}
