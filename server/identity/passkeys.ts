import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { z } from "zod";
import type { PrismaClient } from "../db/prisma.ts";
import type { SignedIn } from "./actor.ts";
import { spendChallenge, storeChallenge } from "./challenges.ts";
import type { Settings } from "./settings.ts";
import type { AssertionResponse } from "./webAuthn.ts";
import { checkAssertion } from "./webAuthn.ts";

const RegistrationAnswer = z.object({
  id: z.string().max(2000),
  rawId: z.string().max(2000),
  type: z.literal("public-key"),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  response: z.object({
    clientDataJSON: z.string().max(8000),
    attestationObject: z.string().max(20_000),
    transports: z.array(z.string().max(40)).max(10).default([]),
  }),
});

/** Begins the registration of a passkey: options for the browser and the id of the stored challenge. */
export async function beginRegistration(prisma: PrismaClient, settings: Settings, person: SignedIn) {
  const known = await prisma.passkey.findMany({ where: { userId: person.userId }, select: { credentialId: true } });
  const options = await generateRegistrationOptions({
    rpName: "Slackwater",
    rpID: settings.rpId,
    userName: person.email,
    userDisplayName: person.name,
    userID: new TextEncoder().encode(person.userId),
    attestationType: "none",
    excludeCredentials: known.map((passkey) => ({ id: passkey.credentialId })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: [-7, -257],
  });
  const challenge = await storeChallenge(prisma, {
    purpose: "register",
    userId: person.userId,
    value: options.challenge,
  });
  return { challengeId: challenge.id, options };
}

/** Ends a registration. Answers false when the answer does not fit the challenge, or the challenge was used or is over. */
export async function finishRegistration(
  prisma: PrismaClient,
  settings: Settings,
  person: SignedIn,
  answer: { challengeId: string; name: string; credential: unknown; software: boolean },
): Promise<boolean> {
  const challenge = await spendChallenge(prisma, answer.challengeId, "register");
  const parsed = RegistrationAnswer.safeParse(answer.credential);
  if (!challenge || challenge.userId !== person.userId || !parsed.success) return false;
  const { response } = parsed.data;
  const registration: RegistrationResponseJSON = {
    id: parsed.data.id,
    rawId: parsed.data.rawId,
    type: "public-key",
    clientExtensionResults: {},
    response: { clientDataJSON: response.clientDataJSON, attestationObject: response.attestationObject },
  };
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: registration,
    expectedChallenge: challenge.value,
    expectedOrigin: [...settings.origins],
    expectedRPID: settings.rpId,
    requireUserVerification: true,
  }).catch(() => ({ verified: false, registrationInfo: undefined }));
  if (!verified || !registrationInfo) return false;
  await prisma.passkey.create({
    data: {
      userId: person.userId,
      name: answer.name,
      credentialId: registrationInfo.credential.id,
      publicKey: Buffer.from(registrationInfo.credential.publicKey).toString("base64url"),
      counter: registrationInfo.credential.counter,
      transports: response.transports,
      software: answer.software,
    },
  });
  return true;
}

/** Begins a log-in by passkey: any resident key of this relying party may answer. */
export async function beginLogin(prisma: PrismaClient, settings: Settings) {
  const options = await generateAuthenticationOptions({ rpID: settings.rpId, userVerification: "required" });
  const challenge = await storeChallenge(prisma, { purpose: "login", value: options.challenge });
  return { challengeId: challenge.id, options };
}

/** Ends a log-in by passkey. Answers the person's id, or undefined when the answer does not fit. */
export async function finishLogin(
  prisma: PrismaClient,
  settings: Settings,
  answer: { challengeId: string; credential: AssertionResponse },
): Promise<string | undefined> {
  const challenge = await spendChallenge(prisma, answer.challengeId, "login");
  if (!challenge) return undefined;
  const passkey = await checkPasskey(prisma, settings, challenge.value, answer.credential);
  return passkey?.userId;
}

/**
 * Checks an assertion over a challenge with the passkey it names, and moves that passkey's counter on. Used for log-in and for
 * the statement of a decision alike.
 */
export async function checkPasskey(
  prisma: PrismaClient,
  settings: Settings,
  challenge: string,
  credential: AssertionResponse,
) {
  const passkey = await prisma.passkey.findUnique({ where: { credentialId: credential.id } });
  if (!passkey) return undefined;
  const checked = await checkAssertion(credential, {
    challenge,
    origins: settings.origins,
    rpId: settings.rpId,
    credential: passkey,
  });
  if (!checked) return undefined;
  await prisma.passkey.update({
    where: { id: passkey.id },
    data: { counter: checked.counter, lastUsedAt: new Date() },
  });
  return passkey;
}

/** Stores the challenge of a statement about to be signed; its value is the digest of the statement. */
export async function storeDecisionChallenge(
  prisma: PrismaClient,
  settings: Settings,
  person: SignedIn,
  statement: { text: string; challenge: string },
) {
  const passkeys = await prisma.passkey.findMany({ where: { userId: person.userId }, select: { credentialId: true } });
  const options = await generateAuthenticationOptions({
    rpID: settings.rpId,
    challenge: new Uint8Array(Buffer.from(statement.challenge, "base64url")),
    userVerification: "required",
    allowCredentials: passkeys.map((passkey) => ({ id: passkey.credentialId })),
  });
  const stored = await storeChallenge(prisma, {
    purpose: "decide",
    userId: person.userId,
    value: statement.challenge,
    statement: statement.text,
  });
  return { challengeId: stored.id, options, keys: passkeys.length };
}
