import type { SealedSecret } from "../../protocol/agent.ts";

/**
 * What the agent hands to a task's runner through descriptor 3: the run's private key and the secrets still sealed to it. The
 * agent itself never sees a secret opened; the runner opens them (openBundle.ts) when the task begins and wipes them when it ends. Framed bytes
 * and no JSON, because a text can't be wiped.
 *
 *     u32 length, private key (PKCS #8) · for each secret: u32 length, name · u32 length, age file
 */
export function sealBundle(privateKey: Buffer, secrets: readonly SealedSecret[]): Buffer {
  const parts: Buffer[] = [privateKey];
  for (const secret of secrets) parts.push(Buffer.from(secret.name), Buffer.from(secret.ciphertext, "base64"));
  const bundle = Buffer.alloc(parts.reduce((total, part) => total + 4 + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bundle.writeUInt32BE(part.length, at);
    part.copy(bundle, at + 4);
    at += 4 + part.length;
  }
  return bundle;
}
