import type { KeyObject } from "node:crypto";
import { createPublicKey, verify } from "node:crypto";

/** A raw Ed25519 public key (base64 of 32 bytes) as a key; undefined where it is none. */
export function publicKeyFrom(rawBase64: string): KeyObject | undefined {
  const raw = Buffer.from(rawBase64, "base64");
  if (raw.length !== 32) return undefined;
  try {
    return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
  } catch {
    return undefined;
  }
}

/** True where `signature` (base64) is the key's over the UTF-8 bytes of `text`. Never throws. */
export function isSignedBy(rawPublicKey: string, text: string, signature: string): boolean {
  const key = publicKeyFrom(rawPublicKey);
  if (!key) return false;
  return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
}
