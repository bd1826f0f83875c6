import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { readFileSync, renameSync } from "node:fs";
import { Failure } from "../domain/failure.ts";
import { Digest } from "../domain/ids.ts";
import { errnoOf, replaceFile, syncDirectory } from "./process/durableFile.ts";
import { statePaths } from "./stateDirectory.ts";

/** The host's own key. The private half never leaves this object. */
export interface Identity {
  /** Ed25519, 32 raw bytes in base64. */
  readonly publicKey: string;
  /** SHA-256 of those bytes: what a signed decision names this host by. */
  readonly fingerprint: Digest;
  /** Ed25519 over the UTF-8 bytes of a text, in base64. The texts are those of protocol/handshake.ts. */
  sign(text: string): string;
}

/** The key in the state directory; undefined before enrolment. */
export function loadIdentity(stateDir: string): Identity | undefined {
  return readKey(statePaths(stateDir).identity);
}

/** Makes the key, on disk (0600) before it is used for anything. */
export function createIdentity(stateDir: string): Identity {
  return makeKey(statePaths(stateDir).identity);
}

/**
 * The key that is to follow, on disk beside the present one. The one of a change that was broken off is taken up again: the server may have
 * it already.
 */
export function nextIdentity(stateDir: string): Identity {
  const { nextIdentity: path } = statePaths(stateDir);
  return readKey(path) ?? makeKey(path);
}

/** Puts the key that was to follow in the place of the present one, which is gone with that. */
export function adoptNextIdentity(stateDir: string): void {
  const paths = statePaths(stateDir);
  renameSync(paths.nextIdentity, paths.identity);
  syncDirectory(stateDir);
}

function readKey(path: string): Identity | undefined {
  try {
    return fromPem(readFileSync(path, "utf8"));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw new Failure("journalDamaged", `${path} holds no key that can be read.`, { cause: error });
  }
}

function makeKey(path: string): Identity {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  replaceFile(path, pem, { durable: true });
  return fromPem(pem);
}

function fromPem(pem: string): Identity {
  const privateKey = createPrivateKey(pem);
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  if (x === undefined || privateKey.asymmetricKeyType !== "ed25519") throw new TypeError("not an Ed25519 key");
  const raw = Buffer.from(x, "base64url");
  return {
    publicKey: raw.toString("base64"),
    fingerprint: fingerprintOf(raw.toString("base64")),
    sign: (text) => sign(null, Buffer.from(text, "utf8"), privateKey).toString("base64"),
  };
}

/** The fingerprint of a public key as it travels (32 raw bytes in base64). */
export function fingerprintOf(publicKey: string): Digest {
  return Digest.parse(createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex"));
}

/** Whether a signature (base64) is this key's over a text. False, never a throw, for what is no key or no signature at all. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const x = Buffer.from(publicKey, "base64").toString("base64url");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verify(null, Buffer.from(text, "utf8"), key, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}
