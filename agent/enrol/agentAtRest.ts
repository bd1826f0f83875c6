import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../domain/failure.ts";
import { CommandError } from "../control/commandError.ts";
import { takeLock } from "../journal/lock.ts";

/**
 * Keeps the agent from starting while a command works on its state directory; answers the way to let it go. Throws a CommandError where
 * the agent runs.
 */
export function keepAgentAtRest(journalDirectory: string): () => void {
  mkdirSync(journalDirectory, { recursive: true, mode: 0o700 });
  try {
    return takeLock(join(journalDirectory, "journal.lock"), "the journal");
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "alreadyRunning") throw error;
    throw new CommandError("The agent runs here. End it first: systemctl stop slackwater-agent", { cause: error });
  }
}
