import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RunId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import { leaveText } from "../../protocol/handshake.ts";
import { LeaveRefusal } from "../../protocol/http/enrolment.ts";
import type { ActionRegistry } from "../actions/action.ts";
import { CommandError } from "../control/commandError.ts";
import { openWorkText, readOpenWork } from "../control/idle.ts";
import type { Identity } from "../identity.ts";
import { loadIdentity } from "../identity.ts";
import { serverAddress } from "../link/serverAddress.ts";
import { statePaths } from "../stateDirectory.ts";
import { keepAgentAtRest } from "./agentAtRest.ts";
import { askServer } from "./askServer.ts";
import type { Enrolment } from "./enrolment.ts";
import { readEnrolment } from "./enrolment.ts";

/** What a host that leaves is, and how. */
export interface UnenrolWish {
  /** Already opened by `openStateDirectory`. */
  readonly stateDir: string;
  readonly runKeyDirectory: string;
  readonly allowInsecureLink: boolean;
  readonly actions: ActionRegistry;
  /** Go on though a window is open here, or the server can't be told. A task that runs is never left behind. */
  readonly isForced: boolean;
  readonly now: Instant;
  say(text: string): void;
}

/**
 * Takes this host off its server's list and removes its key, its run keys and the output of its tasks. The journal stays: the server's
 * record can be held against it. Throws a CommandError with nothing removed when the agent runs, a task runs, a window is open, or
 * the server can't be told.
 */
export async function unenrol(wish: UnenrolWish): Promise<void> {
  const { stateDir, say } = wish;
  const paths = statePaths(stateDir);
  const enrolment = readEnrolment(stateDir);
  const identity = loadIdentity(stateDir);
  if (enrolment === undefined || identity === undefined) throw new CommandError("This host is not enrolled.");
  const unlock = keepAgentAtRest(paths.journal);
  try {
    refuseWhileOpen(wish, paths.journal);
    await tellServer(enrolment, identity, wish).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      if (!wish.isForced) {
        throw new CommandError(
          `${why}\nNothing was removed. To go on without it, revoke this host on the Hosts page and say --force here.`,
        );
      }
      say(`The server was not told: ${why}\nRevoke this host on the Hosts page.`);
    });
    const { journal, ...others } = paths;
    const gone = [...Object.values(others), join(stateDir, "compiled"), ...runKeysIn(wish.runKeyDirectory)];
    for (const path of gone) rmSync(path, { recursive: true, force: true });
    say(
      `This host is no longer enrolled at ${enrolment.server}. Its key, the keys of runs and the output of tasks are removed.`,
    );
    say(`Kept, to hold the server's record against: ${journal}`);
  } finally {
    unlock();
  }
}

/** Only what is a run's key: the owner may have named a folder that others use too. */
function runKeysIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => RunId.safeParse(name.replace(/\.key$/, "")).success)
    .map((name) => join(directory, name));
}

function refuseWhileOpen({ actions, isForced }: UnenrolWish, journal: string): void {
  const open = readOpenWork(journal, actions);
  if (open.tasks.length === 0 && (open.runs.length === 0 || isForced)) return;
  const todo =
    open.tasks.length > 0
      ? "Start the agent and wait for their end, or: slackwater-agent stop"
      : "To go on all the same, say --force.";
  throw new CommandError(`${openWorkText(open)}\nNothing was removed. ${todo}`);
}

async function tellServer(enrolment: Enrolment, identity: Identity, wish: UnenrolWish): Promise<void> {
  const { leave } = serverAddress(enrolment.server, wish.allowInsecureLink);
  const { hostId } = enrolment;
  const signature = identity.sign(leaveText({ hostId, at: wish.now }));
  const { status, isOk, body } = await askServer(leave, { hostId, at: wish.now, signature }, enrolment.tlsPin);
  if (isOk) return;
  const refusal = LeaveRefusal.safeParse(body);
  throw new CommandError(`The server refused: ${refusal.success ? refusal.data.message : `${status}`}`);
}
