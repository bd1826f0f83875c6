import { createHash } from "node:crypto";
import { statementText } from "../../domain/decision/digests.ts";
import type { Signature, Statement } from "../../domain/decision/statement.ts";
import type { Approver, PasskeyApprover } from "../config.ts";
import type { SignatureVerdict } from "./verifySignature.ts";

type PasskeySignature = Extract<Signature, { kind: "passkey" }>;

/**
 * Checks a passkey's assertion: the challenge is the SHA-256 of the statement's canonical JSON, the site and its origin are the pinned
 * ones, and the person was verified by the device.
 */
export async function verifyPasskey(
  statement: Statement,
  signature: PasskeySignature,
  approvers: readonly Approver[],
): Promise<SignatureVerdict> {
  const who = statement.approver;
  const approver = approvers.find(
    (pinned): pinned is PasskeyApprover =>
      "credentialId" in pinned &&
      pinned.user === who &&
      pinned.credentialId === signature.credentialId &&
      Buffer.from(pinned.publicKey, "base64url").equals(Buffer.from(signature.publicKey, "base64url")),
  );
  if (approver === undefined) return invalid(`agent.yaml pins no such key for ${who}`);
  if (signature.software !== approver.software) {
    return invalid(
      signature.software ? `${who} signed with a program's key` : `the key of ${who} is marked as a program's`,
    );
  }
  const problem = await checkAssertion(statement, signature, approver);
  return problem === undefined
    ? { valid: true, approver }
    : invalid(`the signature of ${who} does not hold: ${problem}`);
}

const invalid = (because: string): SignatureVerdict => ({ valid: false, because });

/** Undefined when it holds. The library is large and only loaded when there is something to check. */
async function checkAssertion(
  statement: Statement,
  signature: PasskeySignature,
  approver: PasskeyApprover,
): Promise<string | undefined> {
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id: signature.credentialId,
        rawId: signature.credentialId,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: signature.clientDataJSON,
          authenticatorData: signature.authenticatorData,
          signature: signature.signature,
        },
      },
      expectedChallenge: createHash("sha256").update(statementText(statement), "utf8").digest("base64url"),
      expectedOrigin: approver.origins,
      expectedRPID: approver.rpId,
      // The counter guards log-ins against copied keys; a decision is fenced by its nonce, and is checked again for every step.
      credential: { id: approver.credentialId, publicKey: Buffer.from(approver.publicKey, "base64url"), counter: 0 },
      requireUserVerification: true,
    });
    return verified ? undefined : "it is not this key's over this statement";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
