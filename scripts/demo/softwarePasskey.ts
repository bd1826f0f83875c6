import type { KeyObject } from "node:crypto";
import { createHash, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";

/**
 * A passkey held by a program: it makes registrations and assertions as a browser with an authenticator would. For tests and for
 * `demo --auto` only: whoever can read this process can sign. What it signs is marked `software: true` wherever it shows, and a
 * host takes it only where its owner pinned it as such.
 */
export interface SoftwarePasskey {
  /** base64url. */
  readonly credentialId: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  /** The answer to `navigator.credentials.create`, as @simplewebauthn/browser gives it. `challenge` is base64url. */
  register(challenge: string): Registration;
  /** The answer to `navigator.credentials.get`. `challenge` is base64url. */
  assert(challenge: string): Assertion;
  /** The private key as PEM, to be given to `restoreSoftwarePasskey`. */
  export(): string;
}

export interface Site {
  /** The host name that the passkey belongs to. */
  readonly rpId: string;
  /** The page that asks: `http://localhost:3000`. */
  readonly origin: string;
}

export interface Registration {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly clientExtensionResults: Record<string, never>;
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: ["internal"];
  };
}

export interface Assertion {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly clientExtensionResults: Record<string, never>;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string;
  };
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;

/** Makes a new one. */
export function createSoftwarePasskey(site: Site): SoftwarePasskey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return passkeyOf(privateKey, site);
}

/** One that was exported before: same key, same id. */
export function restoreSoftwarePasskey(pem: string, site: Site): SoftwarePasskey {
  return passkeyOf(createPrivateKey(pem), site);
}

function passkeyOf(privateKey: KeyObject, site: Site): SoftwarePasskey {
  const cose = coseKey(privateKey);
  // Derived, so that a restored key is known under the same id.
  const id = createHash("sha256").update(cose).digest().subarray(0, 16);
  const credentialId = id.toString("base64url");
  let uses = 0;
  return {
    credentialId,
    publicKey: cose.toString("base64url"),
    export: () => privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    register(challenge) {
      const authenticatorData = Buffer.concat([
        header(site, USER_PRESENT | USER_VERIFIED | HAS_CREDENTIAL, uses),
        Buffer.alloc(16),
        Buffer.from([0, id.length]),
        id,
        cose,
      ]);
      const response: Registration["response"] = {
        clientDataJSON: clientData("webauthn.create", challenge, site).toString("base64url"),
        attestationObject: attestation(authenticatorData).toString("base64url"),
        transports: ["internal"],
      };
      return { ...envelope(credentialId), response };
    },
    assert(challenge) {
      uses += 1;
      const client = clientData("webauthn.get", challenge, site);
      const authenticatorData = header(site, USER_PRESENT | USER_VERIFIED, uses);
      const signed = Buffer.concat([authenticatorData, createHash("sha256").update(client).digest()]);
      const response = {
        clientDataJSON: client.toString("base64url"),
        authenticatorData: authenticatorData.toString("base64url"),
        signature: sign("sha256", signed, privateKey).toString("base64url"),
      };
      return { ...envelope(credentialId), response };
    },
  };
}

function envelope(id: string) {
  return { id, rawId: id, type: "public-key" as const, clientExtensionResults: {} };
}

function clientData(type: string, challenge: string, { origin }: Site): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

/** Hash of the site, flags, use counter. */
function header({ rpId }: Site, flags: number, uses: number): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(uses);
  return Buffer.concat([createHash("sha256").update(rpId).digest(), Buffer.from([flags]), counter]);
}

/** The public key as COSE: the CBOR map {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}. */
function coseKey(privateKey: KeyObject): Buffer {
  const { x = "", y = "" } = privateKey.export({ format: "jwk" });
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
    Buffer.from(x, "base64url"),
    Buffer.from([0x22, 0x58, 0x20]),
    Buffer.from(y, "base64url"),
  ]);
}

/** The CBOR map {"fmt": "none", "attStmt": {}, "authData": bytes}. */
function attestation(authenticatorData: Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0x60 | value.length]), Buffer.from(value)]);
  const length = Buffer.from([0x59, authenticatorData.length >> 8, authenticatorData.length & 0xff]);
  return Buffer.concat([
    Buffer.from([0xa3]),
    text("fmt"),
    text("none"),
    text("attStmt"),
    Buffer.from([0xa0]),
    text("authData"),
    length,
    authenticatorData,
  ]);
}
