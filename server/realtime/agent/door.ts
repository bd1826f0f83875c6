import { setTimeout as sleep } from "node:timers/promises";
import type { HostId } from "../../../domain/ids.ts";
import type { AgentFrame, ServerFrame } from "../../../protocol/agent.ts";
import { helloText } from "../../../protocol/handshake.ts";
import { AGENT_PROTOCOL, negotiate, OLDEST_AGENT_PROTOCOL } from "../../../protocol/version.ts";
import type { EnrolledHost } from "../../db/hostLinks.ts";
import { claimLink, enrolledHost, hasOpenTask } from "../../db/hostLinks.ts";
import { isSignedBy } from "../../identity/ed25519.ts";
import type { IncidentBook } from "./incidents.ts";
import { reportReboot } from "./onArrival.ts";
import type { AgentGatewayParts } from "./parts.ts";

type Hello = Extract<AgentFrame, { type: "hello" }>;
type Because = Extract<ServerFrame, { type: "rejected" }>["because"];

/** Who came in, and the number under which this process holds the link; or why not, in words for the host's owner. */
export type Admission =
  | { readonly admitted: true; readonly host: EnrolledHost; readonly version: number; readonly fence: bigint }
  | { readonly admitted: false; readonly because: Because; readonly message: string };

/** A connection of this process that a host already has. */
export interface EarlierLink {
  /** Asks the other side for a sign of life. */
  isAlive(): Promise<boolean>;
  /** Ends it in favour of a newer one, and resolves when it is gone. */
  replace(): Promise<void>;
}

/** More than this, and a host that nobody waits for is told to set its clock first. */
const MOST_SKEW_MS = 300_000;
/** A link held by another process shows life more often than this (see `TOUCH_EVERY_MS` in rounds.ts). */
const FOREIGN_LIFE_MS = 2_500;
const ATTEMPTS = 3;

const refuse = (because: Because, message: string): Admission => ({ admitted: false, because, message });

/** Checks a hello against what was enrolled, and takes the host's link. */
export async function admit(
  parts: Pick<AgentGatewayParts, "pool" | "gatewayId" | "now" | "notifier">,
  incidents: IncidentBook,
  hello: Hello,
  serverNonce: string,
  earlierLink: (hostId: HostId) => EarlierLink | undefined,
): Promise<Admission> {
  const version = negotiate(hello, { oldest: OLDEST_AGENT_PROTOCOL, newest: AGENT_PROTOCOL });
  if (version === undefined) return refuseVersion(hello);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const host = await enrolledHost(parts.pool, hello.hostId);
    const refusal = await checkIdentity(host, hello, serverNonce, incidents);
    if (refusal || !host) return refusal ?? refuse("unknownKey", "This host is not enrolled here.");
    const isBusy = await hasOpenTask(parts.pool, host.hostId);
    const skewMs = hello.now - parts.now();
    if (!isBusy && hello.tasks.length === 0 && Math.abs(skewMs) > MOST_SKEW_MS) {
      const seconds = Math.round(skewMs / 1000);
      return refuse(
        "clockSkew",
        `The clock of this host is ${seconds} s off the server's. Set it; the agent tries again.`,
      );
    }
    if (await isTaken(parts, host, isBusy, earlierLink(host.hostId))) {
      await incidents.record(
        host.hostId,
        "keyInUse",
        "A second agent with this host's key was refused while a task runs.",
      );
      return refuse(
        "keyInUse",
        "Another agent with this key is connected and has a task. End one of the two; if this machine is a copy, enrol it anew.",
      );
    }
    if (host.bootId !== undefined && host.bootId !== hello.bootId) await reportReboot(parts, host.hostId, hello.bootId);
    const facts = { agentVersion: hello.agentVersion, bootId: hello.bootId, actions: hello.actions };
    const claim = { hostId: host.hostId, owner: parts.gatewayId, seenFence: host.fence, facts };
    const fence = await claimLink(parts.pool, claim);
    if (fence !== undefined) return { admitted: true, host, version, fence };
  }
  return refuse("keyInUse", "Several agents with this key connect at the same time. End all but one.");
}

function refuseVersion(hello: Hello): Admission {
  const spoken = `${OLDEST_AGENT_PROTOCOL} to ${AGENT_PROTOCOL}`;
  return hello.newest < OLDEST_AGENT_PROTOCOL
    ? refuse("versionTooOld", `The server speaks protocol ${spoken}. Upgrade this agent.`)
    : refuse("versionTooNew", `The server speaks protocol ${spoken}. Upgrade the server first.`);
}

async function checkIdentity(
  host: EnrolledHost | undefined,
  hello: Hello,
  serverNonce: string,
  incidents: IncidentBook,
): Promise<Admission | undefined> {
  // Nothing is recorded before the signature is checked: anyone can send a host id.
  if (!host || host.publicKey !== hello.publicKey) {
    return refuse("unknownKey", "This key is not enrolled here. Enrol the host with a new token.");
  }
  const text = helloText({ serverNonce, agentNonce: hello.nonce, hostId: hello.hostId, machineId: hello.machineId });
  if (!isSignedBy(host.publicKey, text, hello.signature)) {
    return refuse("badSignature", "The signature does not fit the enrolled key.");
  }
  if (host.revoked) return refuse("revoked", "This host was taken off the list. Enrol it again if that was a mistake.");
  if (host.machineId !== hello.machineId) {
    await incidents.record(host.hostId, "otherMachine", `The key came from machine ${hello.machineId}.`);
    return refuse(
      "keyInUse",
      "This key was enrolled on another machine. If this machine is a copy, enrol it anew with a key of its own.",
    );
  }
  return undefined;
}

/**
 * True while another connection has the link and is to keep it: it is alive and the host has a task. Without a task the newer
 * connection wins: most often it is the same agent after a cut that only it has noticed.
 */
async function isTaken(
  parts: Pick<AgentGatewayParts, "pool">,
  host: EnrolledHost,
  isBusy: boolean,
  earlier: EarlierLink | undefined,
): Promise<boolean> {
  if (earlier) {
    if (isBusy && (await earlier.isAlive())) return true;
    await earlier.replace();
    return false;
  }
  if (!host.link || !isBusy) return false;
  // Held by another process, or by one that was killed: a live one touches the row.
  const until = performance.now() + FOREIGN_LIFE_MS;
  while (performance.now() < until) {
    await sleep(200);
    const now = await enrolledHost(parts.pool, host.hostId);
    if (!now?.link) return false;
    if (now.fence !== host.fence || now.link.seenAtMs !== host.link.seenAtMs) return true;
  }
  return false;
}
