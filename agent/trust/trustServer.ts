import { pinOf } from "../../domain/identity/serverPin.ts";
import type { Digest } from "../../domain/ids.ts";
import { CommandError } from "../control/commandError.ts";
import { readEnrolment, writeEnrolment } from "../enrol/enrolment.ts";
import { presentedAt } from "../link/presented.ts";
import { isByTls, serverAddress } from "../link/serverAddress.ts";
import { loadWords } from "../words.ts";
import { askOwner } from "./askOwner.ts";

/** Which host's pin is to be changed, and how its owner is spoken to. */
export interface TrustServerWish {
  /** Already opened by `openStateDirectory`. */
  readonly stateDir: string;
  readonly allowInsecureLink: boolean;
  /** The address that the server moved to; undefined: where it was. */
  readonly movedTo: string | undefined;
  /** The owner has compared the words already and is not asked. */
  readonly isCompared: boolean;
  say(text: string): void;
}

const LOOK_WITHIN_MS = 10_000;

/**
 * Pins the TLS key that the server shows now, there or at the address that it moved to, after its owner was asked whether these are the
 * words that the server's own owner reads. An agent that runs takes the key up at its next attempt to connect, an address when it is
 * started anew. Whose orders are obeyed stays as it is: the server proves its own key in the greeting. Throws a CommandError where there
 * is nothing to pin.
 */
export async function trustServer(wish: TrustServerWish): Promise<void> {
  const { stateDir, isCompared, say } = wish;
  const enrolment = readEnrolment(stateDir);
  if (enrolment === undefined) throw new CommandError("This host is not enrolled, so there is no server to trust.");
  const server = wish.movedTo ?? enrolment.server;
  const address = serverAddress(server, wish.allowInsecureLink);
  if (!isByTls(server)) throw new CommandError(`${server} is plain HTTP: it has no TLS key that could be pinned.`);
  const found = await lookAt(address.link);
  const wordsOf = await loadWords();
  say(`the server  ${server === enrolment.server ? server : `${server}, before at ${enrolment.server}`}`);
  say(`pinned      ${enrolment.tlsPin === undefined ? "nothing" : wordsOf(enrolment.tlsPin)}`);
  say(`it shows    ${wordsOf(found)}`);
  if (found === enrolment.tlsPin && server === enrolment.server) {
    say("That is what is pinned. Nothing was changed.");
    return;
  }
  if (!isCompared && found !== enrolment.tlsPin) {
    await askOwner(
      "Ask whoever runs the server, not the dashboard, what `slackwater ca` says there. Are these the words? [yes/no] ",
    );
  }
  writeEnrolment(stateDir, { ...enrolment, server, tlsPin: found });
  say(
    server === enrolment.server
      ? "Pinned. An agent that runs connects with its next attempt; running tasks go on."
      : "Pinned. The new address counts when the agent is started anew (what runs goes on): systemctl restart slackwater-agent",
  );
}

async function lookAt(link: string): Promise<Digest> {
  const chain = await presentedAt(new URL(link), LOOK_WITHIN_MS).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${link} can't be reached: ${why}`, { cause: error });
  });
  const found = pinOf(chain);
  if (found === undefined) throw new CommandError(`${link} shows no certificate.`);
  return found;
}
