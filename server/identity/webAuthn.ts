import { randomBytes } from "node:crypto";
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { z } from "zod";

/** What a browser answers to an authentication challenge; shape-checked here, its meaning by @simplewebauthn/server. */
export const AssertionResponse = z.object({
  id: z.string().max(2000),
  rawId: z.string().max(2000),
  type: z.literal("public-key"),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).nullish(),
  response: z.object({
    clientDataJSON: z.string().max(8000),
    authenticatorData: z.string().max(8000),
    signature: z.string().max(8000),
    userHandle: z.string().max(400).nullish(),
  }),
});
export type AssertionResponse = z.infer<typeof AssertionResponse>;

/** A stored passkey, as far as checking needs it. */
export interface StoredCredential {
  readonly credentialId: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly counter: bigint;
}

/** 32 random bytes in base64url: a challenge or a nonce. */
export function freshChallenge(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * Checks an assertion against the stored key: challenge, origin, relying party, user verification, signature, counter.
 * Answers the new counter, or undefined when anything does not fit. Never throws for what a client sent.
 */
export async function checkAssertion(
  answer: AssertionResponse,
  expected: {
    challenge: string;
    origins: readonly string[];
    rpIds: readonly string[];
    credential: StoredCredential;
  },
): Promise<{ counter: number } | undefined> {
  const response: AuthenticationResponseJSON = {
    id: answer.id,
    rawId: answer.rawId,
    type: "public-key",
    clientExtensionResults: {},
    response: {
      clientDataJSON: answer.response.clientDataJSON,
      authenticatorData: answer.response.authenticatorData,
      signature: answer.response.signature,
    },
  };
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: expected.challenge,
      expectedOrigin: [...expected.origins],
      expectedRPID: [...expected.rpIds],
      requireUserVerification: true,
      credential: {
        id: expected.credential.credentialId,
        publicKey: new Uint8Array(Buffer.from(expected.credential.publicKey, "base64url")),
        counter: Number(expected.credential.counter),
      },
    });
    return verified ? { counter: authenticationInfo.newCounter } : undefined;
  } catch {
    // The library throws for every mismatch (origin, challenge, counter, malformed data): for us they are all "does not fit".
    return undefined;
  }
}
