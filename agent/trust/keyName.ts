import { createHash } from "node:crypto";
import { sshKeyBase64 } from "../../domain/decision/sshKey.ts";
import { Digest } from "../../domain/ids.ts";
import type { Approver } from "../config.ts";
import type { WordsOf } from "../words.ts";

/** What one key is called in `trust list` and `trust remove`: a passkey's credential; for an SSH key what `ssh-keygen -l` shows. */
export function keyName(approver: Approver): string {
  if ("credentialId" in approver) return approver.credentialId;
  const digest = createHash("sha256").update(keyBytes(approver)).digest("base64");
  return `SHA256:${digest.replace(/=+$/, "")}`;
}

/** Six words for an approver's key, the same that the dashboard shows beside it. */
export function keyWords(approver: Approver, wordsOf: WordsOf): string {
  return wordsOf(Digest.parse(createHash("sha256").update(keyBytes(approver)).digest("hex")));
}

function keyBytes(approver: Approver): Buffer {
  return "sshKey" in approver
    ? Buffer.from(sshKeyBase64(approver.sshKey), "base64")
    : Buffer.from(approver.publicKey, "base64url");
}
