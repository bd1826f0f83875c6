import { createHash, randomBytes } from "node:crypto";
import { HostId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { EnrolAnswer, EnrolBody, EnrolRefusal } from "../../protocol/http/enrolment.ts";
import { EnrolmentToken, partsOfToken } from "../../protocol/http/enrolment.ts";
import type { EnrolmentView } from "../../protocol/http/hosts.ts";
import type { PrismaClient } from "../db/prisma.ts";
import { openTasks, recordUnknownEnd } from "../db/tasks.ts";
import type { SignedIn } from "../identity/actor.ts";
import type { House } from "../identity/door.ts";
import type { Settings } from "../identity/settings.ts";
import { fingerprintWords } from "../identity/words.ts";

/** How long a token may be used. Short: it is typed on a host within minutes. */
const TOKEN_MS = 30 * 60_000;

const REVOKED_KEY =
  "The key of this machine was revoked, and a revoked key never counts again. Enrol with another --state directory, where a new key is made.";

/** SHA-256 of bytes, hexadecimal. */
const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");

/** Makes a token that enrols one host. Only the hash of its secret is kept: the token is shown once. */
export async function createEnrolment(
  prisma: PrismaClient,
  settings: Settings,
  actor: SignedIn,
  hostName: string,
): Promise<EnrolmentView> {
  const secret = randomBytes(32).toString("base64url");
  const serverKey = Buffer.from(settings.serverKey, "base64");
  const fingerprint = createHash("sha256").update(serverKey).digest().subarray(0, 16).toString("base64url");
  const tlsPin = settings.tlsPin();
  const token = EnrolmentToken.parse(
    tlsPin === undefined
      ? `swt1.${secret}.${fingerprint}`
      : `swt2.${secret}.${fingerprint}.${Buffer.from(tlsPin, "hex").toString("base64url")}`,
  );
  const expiresAt = new Date(Date.now() + TOKEN_MS);
  await prisma.enrolmentToken.create({
    data: { secretHash: sha256(secret), hostName, createdBy: actor.userId, expiresAt },
  });
  return {
    token,
    expiresAt: expiresAt.getTime(),
    command: `slackwater-agent enroll --server ${settings.appUrl} --token ${token}`,
    serverWords: fingerprintWords(sha256(serverKey)),
    tlsWords: tlsPin === undefined ? null : fingerprintWords(tlsPin),
  };
}

/**
 * Enrols a host: spends the token and stores the host's key, in one transaction. A key or a machine that is known already is
 * refused, so that a cloned disk can't take a host's place.
 */
export function enrolHost(
  prisma: PrismaClient,
  settings: Settings,
  body: EnrolBody,
): Promise<EnrolAnswer | EnrolRefusal> {
  const fingerprint = sha256(Buffer.from(body.publicKey, "base64"));
  return prisma.$transaction(async (tx) => {
    const token = await tx.enrolmentToken.findUnique({
      where: { secretHash: sha256(partsOfToken(body.token).secret) },
    });
    if (!token) return refusal("tokenUnknown", "This token is not one of ours. Make a new one on the Hosts page.");
    if (token.usedAt) return refusal("tokenSpent", "This token was used already. Make a new one on the Hosts page.");
    if (token.expiresAt < new Date())
      return refusal("tokenExpired", "This token has expired. Make a new one on the Hosts page.");
    const known = await tx.host.findFirst({
      where: { revokedAt: null, OR: [{ publicKey: body.publicKey }, { machineId: body.machineId }] },
    });
    if (known) return refusal("machineKnown", `This machine is enrolled as ${known.name}. Revoke that host first.`);
    const revoked = await tx.host.findFirst({ where: { publicKey: body.publicKey } });
    if (revoked) return refusal("machineKnown", REVOKED_KEY);
    const spent = await tx.enrolmentToken.updateMany({
      where: { id: token.id, usedAt: null },
      data: { usedAt: new Date() },
    });
    if (spent.count !== 1)
      return refusal("tokenSpent", "This token was used a moment ago. Make a new one on the Hosts page.");
    const host = await tx.host.create({
      data: {
        name: token.hostName,
        publicKey: body.publicKey,
        fingerprint,
        machineId: body.machineId,
        agentVersion: body.agentVersion,
        actions: body.actions,
        enrolledBy: token.createdBy,
      },
    });
    await tx.enrolmentToken.update({ where: { id: token.id }, data: { hostId: host.id } });
    return { hostId: HostId.parse(host.id), serverKey: settings.serverKey };
  });
}

/**
 * Revokes a host: its key is not accepted any more, and so no report of it will ever come. What it had been ordered counts as unknown:
 * its runs are held, and people can go back or end them. Answers false when there is no such host.
 */
export async function revokeHost({ prisma, pool }: Pick<House, "prisma" | "pool">, hostId: HostId): Promise<boolean> {
  const { count } = await prisma.host.updateMany({
    where: { id: hostId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  // Also of one that was revoked already: a server that ended between the two left these.
  const open = await openTasks(pool, hostId);
  const message = "Its host was taken off the list before it reported how this ended.";
  for (const task of open) await recordUnknownEnd(pool, task, Instant.parse(Date.now()), message);
  return count === 1 || open.length > 0;
}

function refusal(because: EnrolRefusal["because"], message: string): EnrolRefusal {
  return { because, message };
}
