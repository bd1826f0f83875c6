import { hash } from "node:crypto";
import type pg from "pg";
import { statementText } from "../domain/decision/digests.ts";
import type { SignedDecision } from "../domain/decision/statement.ts";
import { checkAssertion } from "./identity/webAuthn.ts";

/** Where a decision was signed: passkeys belong to a relying party (a host name; two while it is moved) and name the page's origin. */
export interface Site {
  readonly rpIds: readonly string[];
  readonly origins: readonly string[];
}

/**
 * True where the key that travels with the decision made its signature over this very statement, on this site, with the person
 * verified by the device. Whose key it is is another question. Needs nothing but the decision.
 */
export async function isSignedOn({ statement, signature }: SignedDecision, site: Site): Promise<boolean> {
  const { credentialId, clientDataJSON, authenticatorData, publicKey } = signature;
  const checked = await checkAssertion(
    {
      id: credentialId,
      rawId: credentialId,
      type: "public-key",
      clientExtensionResults: {},
      response: { clientDataJSON, authenticatorData, signature: signature.signature },
    },
    {
      challenge: hash("sha256", statementText(statement), "base64url"),
      origins: site.origins,
      rpIds: site.rpIds,
      // A counter guards log-ins against copied keys; a decision is fenced by its nonce and checked again and again.
      credential: { credentialId, publicKey, counter: 0n },
    },
  );
  return checked !== undefined;
}

/** The check that the engine makes of every decision: signed on our site, with a passkey that is on record as the person's own. */
export function signatureCheck(
  pool: pg.Pool,
  site: Site,
): (decision: SignedDecision, userId: string) => Promise<boolean> {
  return async (decision, userId) => {
    const { statement, signature } = decision;
    if (statement.approver !== userId) return false;
    const { rows } = await pool.query<{ public_key: string; software: boolean }>(
      "select public_key, software from passkey where credential_id = $1 and user_id = $2 and not waits_for_second",
      [signature.credentialId, userId],
    );
    const [passkey] = rows;
    if (passkey?.public_key !== signature.publicKey || passkey.software !== signature.software) return false;
    return isSignedOn(decision, site);
  };
}
