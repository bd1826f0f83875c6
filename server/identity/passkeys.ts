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
import type { Settings, SiteName } from "./settings.ts";
import { siteOf } from "./settings.ts";
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

/** Begins the registration of a passkey under the name of the page that asks: options for the browser and the id of the stored challenge. */
export async function beginRegistration(prisma: PrismaClient, name: SiteName, person: SignedIn) {
  const known = await prisma.passkey.findMany({ where: { userId: person.userId }, select: { credentialId: true } });
  const options = await generateRegistrationOptions({
    rpName: "Slackwater",
    rpID: name.rpId,
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

/**
 * Ends a registration. Answers undefined when the answer does not fit the challenge, or the challenge was used or is over. A passkey that
 * is made anew because the host name was moved waits for a second person: a password alone must not be enough to take an approver's place
 * while everybody expects new keys.
 */
export async function finishRegistration(
  prisma: PrismaClient,
  settings: Settings,
  person: SignedIn,
  answer: { challengeId: string; name: string; credential: unknown; software: boolean },
): Promise<{ readonly waitsForSecond: boolean } | undefined> {
  const challenge = await spendChallenge(prisma, answer.challengeId, "register");
  const parsed = RegistrationAnswer.safeParse(answer.credential);
  if (!challenge || challenge.userId !== person.userId || !parsed.success) return undefined;
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
    expectedRPID: siteOf(settings).rpIds,
    requireUserVerification: true,
  }).catch(() => ({ verified: false, registrationInfo: undefined }));
  if (!verified || !registrationInfo) return undefined;
  const { rpID: rpId } = registrationInfo;
  const under = await prisma.passkey.groupBy({ by: ["rpId"], where: { userId: person.userId, waitsForSecond: false } });
  const waitsForSecond = under.length > 0 && under.every((known) => known.rpId !== null && known.rpId !== rpId);
  await prisma.passkey.create({
    data: {
      userId: person.userId,
      name: answer.name,
      credentialId: registrationInfo.credential.id,
      publicKey: Buffer.from(registrationInfo.credential.publicKey).toString("base64url"),
      counter: registrationInfo.credential.counter,
      transports: response.transports,
      software: answer.software,
      waitsForSecond,
      ...(rpId === undefined ? {} : { rpId }),
    },
  });
  return { waitsForSecond };
}

/** Begins a log-in by passkey: any resident key that was made under the name may answer. */
export async function beginLogin(prisma: PrismaClient, rpId: string) {
  const options = await generateAuthenticationOptions({ rpID: rpId, userVerification: "required" });
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
  if (!passkey || passkey.waitsForSecond) return undefined;
  const checked = await checkAssertion(credential, { challenge, ...siteOf(settings), credential: passkey });
  if (!checked) return undefined;
  await prisma.passkey.update({
    where: { id: passkey.id },
    data: { counter: checked.counter, lastUsedAt: new Date() },
  });
  return passkey;
}

/** Stores the challenge of a statement about to be signed with a passkey; its value is the digest of the statement. */
export async function storeStatementChallenge(
  prisma: PrismaClient,
  settings: Settings,
  name: SiteName,
  person: SignedIn,
  statement: { purpose: "decide" | "confirm"; text: string; challenge: string },
) {
  const { passkeys, rpId } = await passkeysToSignWith(prisma, settings, name, person);
  const options = await generateAuthenticationOptions({
    rpID: rpId,
    challenge: new Uint8Array(Buffer.from(statement.challenge, "base64url")),
    userVerification: "required",
    allowCredentials: passkeys.map((passkey) => ({ id: passkey.credentialId })),
  });
  const stored = await storeChallenge(prisma, {
    purpose: statement.purpose,
    userId: person.userId,
    value: statement.challenge,
    statement: statement.text,
  });
  return { challengeId: stored.id, options, keys: passkeys.length };
}

/**
 * The person's passkeys that may sign on this page: those made under its own name, else those of another name of ours, which a browser
 * that knows related origins takes as well (/.well-known/webauthn). One question can ask for keys of one name only.
 */
async function passkeysToSignWith(prisma: PrismaClient, settings: Settings, name: SiteName, person: SignedIn) {
  const all = await prisma.passkey.findMany({
    where: { userId: person.userId, waitsForSecond: false },
    select: { credentialId: true, rpId: true },
  });
  const ofName = (rpId: string) => all.filter((passkey) => (passkey.rpId ?? name.rpId) === rpId);
  const rpId = [name.rpId, ...siteOf(settings).rpIds].find((one) => ofName(one).length > 0) ?? name.rpId;
  return { rpId, passkeys: ofName(rpId) };
}
