import { hash } from "node:crypto";
import type pg from "pg";
import { statementText } from "../domain/decision/digests.ts";
import type { SignedSilence } from "../domain/decision/silenceStatement.ts";
import { SSH_NAMESPACES } from "../domain/decision/sshSignature.ts";
import type { Signature, SignedDecision } from "../domain/decision/statement.ts";
import { isSshSigned } from "./identity/sshKeygen.ts";
import { checkAssertion } from "./identity/webAuthn.ts";

/** Where a decision was signed: passkeys belong to a relying party (a host name; two while it is moved) and name the page's origin. */
export interface Site {
  readonly rpIds: readonly string[];
  readonly origins: readonly string[];
}

/**
 * True where the key that travels with the decision made its signature over this very statement: a passkey on this site, with the
 * person verified by the device; an SSH key for decisions of Slackwater. Whose key it is is another question. Needs nothing but the
 * decision, and for an SSH key ssh-keygen.
 *
 * @throws SshUnchecked
 */
export async function isSignedOn(
  { statement, signature }: SignedDecision | SignedSilence,
  site: Site,
): Promise<boolean> {
  const text = statementText(statement);
  switch (signature.kind) {
    case "passkey":
      return isAsserted(signature, hash("sha256", text, "base64url"), site);
    case "ssh":
      return isSshSigned({ ...signature, text }, SSH_NAMESPACES.decision);
    default:
      return signature satisfies never;
  }
}

async function isAsserted(
  { credentialId, clientDataJSON, authenticatorData, publicKey, signature }: Extract<Signature, { kind: "passkey" }>,
  challenge: string,
  site: Site,
): Promise<boolean> {
  const checked = await checkAssertion(
    {
      id: credentialId,
      rawId: credentialId,
      type: "public-key",
      clientExtensionResults: {},
      response: { clientDataJSON, authenticatorData, signature },
    },
    {
      challenge,
      origins: site.origins,
      rpIds: site.rpIds,
      // A counter guards log-ins against copied keys; a decision is fenced by its nonce and checked again and again.
      credential: { credentialId, publicKey, counter: 0n },
    },
  );
  return checked !== undefined;
}

/** The check that the engine makes of every decision and every silence: signed on our site, with a key that is on record as the person's own. */
export function signatureCheck(
  pool: pg.Pool,
  site: Site,
): (signed: SignedDecision | SignedSilence, userId: string) => Promise<boolean> {
  return async (signed, userId) => {
    const { statement, signature } = signed;
    if (statement.approver !== userId || !(await isOnRecord(pool, signature, userId))) return false;
    return isSignedOn(signed, site);
  };
}

async function isOnRecord(pool: pg.Pool, signature: Signature, userId: string): Promise<boolean> {
  switch (signature.kind) {
    case "passkey": {
      const { rows } = await pool.query<{ public_key: string; software: boolean }>(
        "select public_key, software from passkey where credential_id = $1 and user_id = $2 and not waits_for_second",
        [signature.credentialId, userId],
      );
      const [passkey] = rows;
      return passkey?.public_key === signature.publicKey && passkey.software === signature.software;
    }
    case "ssh": {
      const { rowCount } = await pool.query("select 1 from ssh_key where public_key = $1 and user_id = $2", [
        signature.publicKey,
        userId,
      ]);
      return rowCount === 1;
    }
    default:
      return signature satisfies never;
  }
}
