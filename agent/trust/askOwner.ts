import { openSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { ReadStream } from "node:tty";
import { CommandError } from "../control/commandError.ts";

/** Asks at the terminal itself: standard input may be the piece that is to be pinned. Throws a CommandError for anything but `yes`. */
export async function askOwner(question: string): Promise<void> {
  const terminal = openTerminal();
  const reader = createInterface({ input: terminal, output: process.stdout, terminal: false });
  try {
    if ((await reader.question(question)).trim().toLowerCase() === "yes") return;
  } finally {
    reader.close();
    terminal.destroy();
  }
  throw new CommandError("Nothing was pinned.");
}

function openTerminal(): ReadStream {
  try {
    return new ReadStream(openSync("/dev/tty", "r"));
  } catch (error) {
    throw new CommandError("There is no terminal to ask at. Compare the words, then say --yes.", {
      cause: error,
    });
  }
}
