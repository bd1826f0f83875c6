import { release, hostname as systemHostname, type as systemType } from "node:os";
import { Failure } from "../../domain/failure.ts";
import { Digest } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { EnrolBody } from "../../protocol/http/enrolment.ts";
import { EnrolAnswer, EnrolmentToken, EnrolRefusal, partsOfToken } from "../../protocol/http/enrolment.ts";
import type { Identity } from "../identity.ts";
import { createIdentity, fingerprintOf, loadIdentity } from "../identity.ts";
import { isByTls, serverAddress } from "../link/serverAddress.ts";
import { AGENT_VERSION } from "../version.ts";
import { askServer } from "./askServer.ts";
import type { Enrolment } from "./enrolment.ts";
import { readEnrolment, writeEnrolment } from "./enrolment.ts";
import { machineId } from "./machineId.ts";

export interface EnrolOrder {
  readonly server: string;
  readonly token: string;
  /** Already opened by `openStateDirectory`. */
  readonly stateDir: string;
  readonly allowInsecureLink: boolean;
  /** Names of the actions that this agent has. */
  readonly actions: readonly string[];
  readonly now: Instant;
}

/**
 * Makes this host known to a server: makes the host's key, hands in the token to a server with the TLS key that the token names, checks
 * that the answer comes from the server which the token was made by, and pins that server's keys. Throws a Failure: `alreadyRunning` when the host is enrolled already,
 * `argumentsInvalid` for a token that is none, `notPermitted` for what the server refuses or when it is not the right server.
 */
export async function enrol(order: EnrolOrder): Promise<{ enrolment: Enrolment; identity: Identity }> {
  const token = readToken(order.token);
  const address = serverAddress(order.server, order.allowInsecureLink);
  const tlsPin = tlsPinOf(token, order.server);
  const known = readEnrolment(order.stateDir);
  if (known !== undefined) {
    throw new Failure(
      "alreadyRunning",
      `This host is enrolled at ${known.server} already. Use another --state directory.`,
    );
  }
  const identity = loadIdentity(order.stateDir) ?? createIdentity(order.stateDir);
  const answer = await handIn(address.enrol, tlsPin, {
    token,
    publicKey: identity.publicKey,
    machineId: machineId(order.stateDir),
    hostname: systemHostname(),
    agentVersion: AGENT_VERSION,
    os: `${systemType()} ${release()}`,
    arch: process.arch,
    actions: [...order.actions],
  });
  assertIsTheServerOf(token, answer.serverKey);
  const { server, now: enrolledAt } = order;
  const enrolment: Enrolment = {
    ...{ version: 1, server, enrolledAt, ...answer },
    ...(tlsPin === undefined ? {} : { tlsPin }),
  };
  writeEnrolment(order.stateDir, enrolment);
  return { enrolment, identity };
}

function readToken(text: string): EnrolmentToken {
  const token = EnrolmentToken.safeParse(text);
  if (token.success) return token.data;
  throw new Failure(
    "argumentsInvalid",
    "This is not a whole token. Copy it again from the Hosts page: it looks like swt1.….…",
  );
}

/** A server that has a TLS key to pin is not spoken to without TLS: the token would go to whoever listens. */
function tlsPinOf(token: EnrolmentToken, server: string): Digest | undefined {
  const { tlsPin } = partsOfToken(token);
  if (tlsPin === undefined) return undefined;
  if (isByTls(server)) return Digest.parse(Buffer.from(tlsPin, "base64url").toString("hex"));
  throw new Failure(
    "argumentsInvalid",
    `The token is of a server that is reached by TLS: --server https://… and not ${server}`,
  );
}

async function handIn(url: string, tlsPin: Digest | undefined, body: EnrolBody): Promise<EnrolAnswer> {
  const { status, isOk, body: said } = await askServer(url, body, tlsPin);
  if (isOk) {
    const answer = EnrolAnswer.safeParse(said);
    if (answer.success) return answer.data;
    throw new Failure("notPermitted", `${url} answered with something else than Slackwater. Check the address.`);
  }
  const refusal = EnrolRefusal.safeParse(said);
  const why = refusal.success ? refusal.data.message : `it answered with ${status}`;
  throw new Failure("notPermitted", `The server did not take this host: ${why}`);
}

/** The token was copied from the server's own page; a server with another key is not the one that the page was on. */
function assertIsTheServerOf(token: EnrolmentToken, serverKey: string): void {
  const expected = Buffer.from(partsOfToken(token).serverFingerprint, "base64url");
  const actual = Buffer.from(fingerprintOf(serverKey), "hex").subarray(0, expected.length);
  if (actual.equals(expected)) return;
  throw new Failure(
    "notPermitted",
    "This is not the server that the token was made by: its key differs. Nothing was pinned.",
  );
}
