import type { Instant } from "../../domain/time.ts";
import { rotateText } from "../../protocol/handshake.ts";
import { RotateRefusal } from "../../protocol/http/enrolment.ts";
import type { ActionRegistry } from "../actions/action.ts";
import { CommandError } from "../control/commandError.ts";
import { openWorkText, readOpenWork } from "../control/idle.ts";
import type { Identity } from "../identity.ts";
import { adoptNextIdentity, loadIdentity, nextIdentity } from "../identity.ts";
import { serverAddress } from "../link/serverAddress.ts";
import { statePaths } from "../stateDirectory.ts";
import { keepAgentAtRest } from "./agentAtRest.ts";
import { askServer } from "./askServer.ts";
import { readEnrolment } from "./enrolment.ts";

/** Which host takes another key, and how its server is reached. */
export interface RotationWish {
  /** Already opened by `openStateDirectory`. */
  readonly stateDir: string;
  readonly allowInsecureLink: boolean;
  readonly actions: ActionRegistry;
  readonly now: Instant;
}

/**
 * Gives this host another key and answers it. The new one is on the disk before the server hears of it, and the old one goes only when the
 * server has said yes: broken off at any point, the same command again brings it to its end. Throws a CommandError, and this host keeps
 * its key, where the agent runs, a window is open, or the server refuses or can't be reached.
 */
export async function rotateKey({ stateDir, actions, now, ...link }: RotationWish): Promise<Identity> {
  const enrolment = readEnrolment(stateDir);
  const present = loadIdentity(stateDir);
  if (enrolment === undefined || present === undefined) throw new CommandError("This host is not enrolled.");
  const paths = statePaths(stateDir);
  const letGo = keepAgentAtRest(paths.journal);
  try {
    const open = readOpenWork(paths.journal, actions);
    if (open.tasks.length + open.runs.length > 0) {
      throw new CommandError(
        `${openWorkText(open)}\nThe key was not changed: decisions name this host by it. Let the run end first.`,
      );
    }
    const next = nextIdentity(stateDir);
    const { hostId } = enrolment;
    const text = rotateText({ hostId, at: now, newKey: next.publicKey });
    const { rotate } = serverAddress(enrolment.server, link.allowInsecureLink);
    const wish = { hostId, at: now, newKey: next.publicKey, signature: present.sign(text), proof: next.sign(text) };
    const { isOk, status, body } = await askServer(rotate, wish, enrolment.tlsPin);
    if (!isOk) {
      const refusal = RotateRefusal.safeParse(body);
      const why = refusal.success ? refusal.data.message : `it answered ${status}`;
      throw new CommandError(`The key was not changed, the server refused: ${why}`);
    }
    adoptNextIdentity(stateDir);
    return next;
  } finally {
    letGo();
  }
}
