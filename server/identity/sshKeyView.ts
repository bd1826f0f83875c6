import { createHash } from "node:crypto";
import { isSoftwareKey, SshPublicKey, sshKeyBase64, sshKeyType } from "../../domain/decision/sshKey.ts";
import { fingerprintWords } from "./words.ts";

/** What pages say of a key on record: its type, what `ssh-keygen -l` calls it, the same digest as six words. */
export function viewSshKey(publicKey: string) {
  const key = SshPublicKey.parse(publicKey);
  const digest = createHash("sha256").update(Buffer.from(sshKeyBase64(key), "base64"));
  const fingerprint = digest.copy().digest("base64").replace(/=+$/, "");
  return {
    type: sshKeyType(key),
    fingerprint: `SHA256:${fingerprint}`,
    keyWords: fingerprintWords(digest.digest("hex")),
    software: isSoftwareKey(key),
  };
}
