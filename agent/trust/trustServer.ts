import { pinOf } from "../../domain/identity/serverPin.ts";
import type { Digest } from "../../domain/ids.ts";
import { CommandError } from "../control/commandError.ts";
import { readEnrolment, writeEnrolment } from "../enrol/enrolment.ts";
import { wordsOf } from "../identity.ts";
import { presentedAt } from "../link/presented.ts";
import { isByTls, serverAddress } from "../link/serverAddress.ts";
import { askOwner } from "./askOwner.ts";

/** Which host's pin is to be changed, and how its owner is spoken to. */
export interface TrustServerWish {
  /** Already opened by `openStateDirectory`. */
  readonly stateDir: string;
  readonly allowInsecureLink: boolean;
  /** The owner has compared the words already and is not asked. */
  readonly isCompared: boolean;
  say(text: string): void;
}

const LOOK_WITHIN_MS = 10_000;

/**
 * Pins the TLS key that the server shows now, after its owner was asked whether these are the words that the server's own owner reads. An
 * agent that runs takes it up at its next attempt to connect. Throws a CommandError where there is nothing to pin.
 */
export async function trustServer({ stateDir, allowInsecureLink, isCompared, say }: TrustServerWish): Promise<void> {
  const enrolment = readEnrolment(stateDir);
  if (enrolment === undefined) throw new CommandError("This host is not enrolled, so there is no server to trust.");
  const address = serverAddress(enrolment.server, allowInsecureLink);
  if (!isByTls(enrolment.server)) {
    throw new CommandError(`${enrolment.server} is plain HTTP: it has no TLS key that could be pinned.`);
  }
  const found = await lookAt(address.link);
  say(`the server  ${enrolment.server}`);
  say(`pinned      ${enrolment.tlsPin === undefined ? "nothing" : wordsOf(enrolment.tlsPin)}`);
  say(`it shows    ${wordsOf(found)}`);
  if (found === enrolment.tlsPin) {
    say("That is what is pinned. Nothing was changed.");
    return;
  }
  if (!isCompared) {
    await askOwner(
      "Ask whoever runs the server, not the dashboard, what `slackwater ca` says there. Are these the words? [yes/no] ",
    );
  }
  writeEnrolment(stateDir, { ...enrolment, tlsPin: found });
  say("Pinned. An agent that runs connects with its next attempt; running tasks go on.");
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
