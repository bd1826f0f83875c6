import { createHash } from "node:crypto";
import { Digest } from "../../domain/ids.ts";
import type { Approver } from "../config.ts";
import { wordsOf } from "../identity.ts";

/** Six words for an approver's key, the same that the dashboard shows beside it. */
export function keyWords({ publicKey }: Pick<Approver, "publicKey">): string {
  return wordsOf(Digest.parse(createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("hex")));
}

/** Whose decisions count on this host, for a terminal. */
export function trustText(approvers: readonly Approver[]): string {
  if (approvers.length === 0) return "Nobody's decisions count on this host: nothing that changes it is carried out.";
  return approvers
    .map((one) =>
      [
        `${one.user}  for ${one.groups.join(", ")}  at ${one.rpId}${one.software ? "  SOFTWARE KEY: for demos only" : ""}`,
        `  key         ${keyWords(one)}`,
        `  credential  ${one.credentialId}`,
      ].join("\n"),
    )
    .join("\n");
}
