import { quotedWord } from "./bashWord.ts";

/** A command as people can read and copy it: what a shell would take apart is quoted, and nothing in it hides or turns text. */
export function showCommand(command: readonly string[]): string {
  return command.map(quotedWord).join(" ");
}
