import { hash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import type { WaitingPasskeyView } from "../../protocol/http/identity.ts";
import type { PrismaClient } from "../db/prisma.ts";
import type { SignedIn } from "./actor.ts";
import { hasRole } from "./actor.ts";
import { spendChallenge } from "./challenges.ts";
import { checkPasskey, storeStatementChallenge } from "./passkeys.ts";
import type { Settings, SiteName } from "./settings.ts";
import type { AssertionResponse } from "./webAuthn.ts";
import { freshChallenge } from "./webAuthn.ts";
import { keyWords } from "./words.ts";

/** What a second person signs: the SHA-256 of its canonical JSON. It names the key and both people, so that it is worth nothing for another. */
const Confirmation = z.strictObject({
  format: z.literal("slackwater-passkey-confirmation/1"),
  passkeyId: z.uuid(),
  credentialId: z.string(),
  publicKey: z.string(),
  owner: z.string(),
  confirmedBy: z.string(),
  nonce: z.string(),
});

/** Passkeys of other people that wait for this person to confirm them; none for somebody who may not. */
export async function listWaiting(prisma: PrismaClient, asker: SignedIn): Promise<readonly WaitingPasskeyView[]> {
  if (!hasRole(asker, "approver")) return [];
  const waiting = await prisma.passkey.findMany({
    where: { waitsForSecond: true, NOT: { userId: asker.userId } },
    orderBy: { createdAt: "asc" },
    include: { user: { select: { name: true } } },
  });
  return waiting.map((passkey) => ({
    id: passkey.id,
    person: passkey.user.name,
    passkey: passkey.name,
    createdAt: passkey.createdAt.getTime(),
    keyWords: keyWords(passkey.publicKey),
  }));
}

/** What confirms a passkey that was made anew, as a question for the second person's own. Undefined where no such passkey waits for them. */
export async function askConfirmation(
  prisma: PrismaClient,
  settings: Settings,
  name: SiteName,
  actor: SignedIn,
  passkeyId: string,
) {
  const waiting = await waitingFor(prisma, actor, passkeyId);
  if (!waiting) return undefined;
  const confirmation: z.infer<typeof Confirmation> = {
    format: "slackwater-passkey-confirmation/1",
    passkeyId: waiting.id,
    credentialId: waiting.credentialId,
    publicKey: waiting.publicKey,
    owner: waiting.userId,
    confirmedBy: actor.userId,
    nonce: freshChallenge(),
  };
  const text = canonicalJson(confirmation);
  const challenge = hash("sha256", text, "base64url");
  return storeStatementChallenge(prisma, settings, name, actor, { purpose: "confirm", text, challenge });
}

/**
 * Takes the second person's signature: from now on the passkey counts. What was signed stays on record with it. False where the signature
 * does not fit the question, the question was used or is over, or the passkey waits no more.
 */
export async function confirmPasskey(
  prisma: PrismaClient,
  settings: Settings,
  actor: SignedIn,
  answer: { challengeId: string; credential: AssertionResponse },
): Promise<boolean> {
  const challenge = await spendChallenge(prisma, answer.challengeId, "confirm");
  if (!challenge?.statement || challenge.userId !== actor.userId) return false;
  const own = await checkPasskey(prisma, settings, challenge.value, answer.credential);
  const { passkeyId } = Confirmation.parse(JSON.parse(challenge.statement));
  if (own?.userId !== actor.userId) return false;
  if (!(await waitingFor(prisma, actor, passkeyId))) return false;
  const { clientDataJSON, authenticatorData, signature } = answer.credential.response;
  const signed = {
    credentialId: own.credentialId,
    publicKey: own.publicKey,
    clientDataJSON,
    authenticatorData,
    signature,
  };
  const { count } = await prisma.passkey.updateMany({
    where: { id: passkeyId, waitsForSecond: true },
    data: {
      waitsForSecond: false,
      confirmedBy: actor.userId,
      confirmation: JSON.stringify({ statement: challenge.statement, ...signed }),
    },
  });
  return count === 1;
}

/** Nobody confirms their own. */
async function waitingFor(prisma: PrismaClient, actor: SignedIn, passkeyId: string) {
  if (!hasRole(actor, "approver")) return null;
  return prisma.passkey.findFirst({
    where: { id: passkeyId, waitsForSecond: true, NOT: { userId: actor.userId } },
  });
}
