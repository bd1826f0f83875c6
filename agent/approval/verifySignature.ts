import type { SignedDecision } from "../../domain/decision/statement.ts";
import type { Approver } from "../config.ts";
import { verifyPasskey } from "./verifyPasskey.ts";
import { verifySsh } from "./verifySsh.ts";

/** Whether a person whose key is pinned here signed a statement, or in words why not. */
export type SignatureVerdict =
  | { readonly valid: true; readonly approver: Approver }
  | { readonly valid: false; readonly because: string };

/**
 * Checks the signature under a decision without asking anyone: the key is one that the host's owner pinned for that person, and it
 * signed this very statement. The public key that travels with the decision counts for nothing unless it is the pinned one.
 */
export function verifySignature(
  { statement, signature }: SignedDecision,
  approvers: readonly Approver[],
): Promise<SignatureVerdict> {
  switch (signature.kind) {
    case "passkey":
      return verifyPasskey(statement, signature, approvers);
    case "ssh":
      return verifySsh(statement, signature, approvers);
    default:
      return signature satisfies never;
  }
}
