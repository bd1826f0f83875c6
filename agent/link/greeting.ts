import { randomBytes } from "node:crypto";
import type { HostId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { AgentFrame, ServerFrame } from "../../protocol/agent.ts";
import { helloText, welcomeText } from "../../protocol/handshake.ts";
import { AGENT_PROTOCOL, negotiate, OLDEST_AGENT_PROTOCOL } from "../../protocol/version.ts";
import type { Identity } from "../identity.ts";
import { isSignedBy } from "../identity.ts";
import { AGENT_VERSION } from "../version.ts";

type Challenge = Extract<ServerFrame, { type: "challenge" }>;
export type Welcome = Extract<ServerFrame, { type: "welcome" }>;
type Hello = Extract<AgentFrame, { type: "hello" }>;

/** Who the two sides are to each other: fixed at enrolment. */
export interface Acquaintance {
  readonly identity: Identity;
  readonly hostId: HostId;
  readonly machineId: string;
  /** The server's key as it was pinned. */
  readonly serverKey: string;
}

/** What the hello says of the agent's present state. */
export interface Presence {
  readonly tasks: Hello["tasks"];
  readonly actions: readonly string[];
  readonly bootId: string;
}

/** Why the two sides can't go on, in words for the host's owner. */
export type Greeted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly because: string };

/** A hello, and what is needed to check the welcome that answers it. */
export interface Said {
  readonly hello: Hello;
  readonly isWelcome: (welcome: Welcome) => boolean;
}

/**
 * Answers the server's challenge. Nothing is said to a server with another key than the pinned one, nor to one of a version that we
 * do not speak.
 */
export function answerChallenge(
  challenge: Challenge,
  who: Acquaintance,
  presence: Presence,
  now: number,
): Greeted<Said> {
  if (challenge.serverKey !== who.serverKey) {
    return {
      ok: false,
      because: "The server's key is not the one pinned at enrolment. If it was renewed, enrol again.",
    };
  }
  const version = negotiate(challenge, { oldest: OLDEST_AGENT_PROTOCOL, newest: AGENT_PROTOCOL });
  if (version === undefined) {
    const spoken = `${OLDEST_AGENT_PROTOCOL} to ${AGENT_PROTOCOL}`;
    return {
      ok: false,
      because: `The server speaks protocol ${challenge.oldest} to ${challenge.newest}, this agent ${spoken}. Upgrade the older one.`,
    };
  }
  const agentNonce = randomBytes(32).toString("base64");
  const nonces = { serverNonce: challenge.nonce, agentNonce, hostId: who.hostId };
  const hello: Hello = {
    type: "hello",
    hostId: who.hostId,
    publicKey: who.identity.publicKey,
    signature: who.identity.sign(helloText({ ...nonces, machineId: who.machineId })),
    nonce: agentNonce,
    machineId: who.machineId,
    oldest: OLDEST_AGENT_PROTOCOL,
    newest: AGENT_PROTOCOL,
    agentVersion: AGENT_VERSION,
    now: Instant.parse(now),
    tasks: presence.tasks,
    bootId: presence.bootId,
    actions: [...presence.actions],
  };
  const isWelcome = (welcome: Welcome) =>
    welcome.version === version && isSignedBy(who.serverKey, welcomeText(nonces), welcome.signature);
  return { ok: true, value: { hello, isWelcome } };
}
