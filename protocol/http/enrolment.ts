import { z } from "zod";
import { HostId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";

/**
 * Enrolment: how a host is added. An admin makes a token on the Hosts page; whoever owns the host hands it to
 * `slackwater-agent enroll`, which posts its new public key to `/api/agents/enrol` and pins the server's key.
 */

/**
 * A token as it is copied from the page: `swt1.<secret>.<server>`, or `swt2.<secret>.<server>.<tls>` of a server that is reached by TLS
 * under a key that hosts pin. The secret is 32 random bytes, usable once and for a short time; the third part is the first 16 bytes of
 * the SHA-256 of the server's key, so that a host that was sent to the wrong server notices before it trusts it; the fourth is the whole
 * SHA-256 of the public key (SPKI) of the server's certificate or of its own authority's (domain/identity/serverPin.ts), so that it notices before it
 * hands in the token. All are base64url without padding.
 */
export const EnrolmentToken = z
  .string()
  .trim()
  .regex(
    /^(swt1\.[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{22}|swt2\.[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})$/,
    "a token such as swt1.….…, copied whole from the Hosts page",
  );
export type EnrolmentToken = z.infer<typeof EnrolmentToken>;

/** The parts of a token, all base64url. Takes what `EnrolmentToken` accepted. */
export function partsOfToken(token: EnrolmentToken): {
  readonly secret: string;
  readonly serverFingerprint: string;
  /** Absent where there is nothing to pin. */
  readonly tlsPin: string | undefined;
} {
  const [, secret = "", serverFingerprint = "", tlsPin] = token.split(".");
  return { secret, serverFingerprint, tlsPin };
}

/** An Ed25519 public key: 32 raw bytes in base64. Its fingerprint is the SHA-256 of those bytes. */
export const PublicKey = z.base64().length(44);

/** POST /api/agents/enrol. The token is the whole authority of the call. */
export const EnrolBody = z.strictObject({
  token: EnrolmentToken,
  publicKey: PublicKey,
  machineId: z.string().min(1).max(64),
  hostname: z.string().min(1).max(255),
  agentVersion: z.string().max(40),
  os: z.string().max(200),
  arch: z.string().max(40),
  actions: z.array(z.string().max(63)).max(500),
});
export type EnrolBody = z.infer<typeof EnrolBody>;

/** 200: the host exists; the agent connects with this id from now on. */
export const EnrolAnswer = z.strictObject({ hostId: HostId, serverKey: PublicKey });
export type EnrolAnswer = z.infer<typeof EnrolAnswer>;

/** 4xx: why not. `message` is for people. */
export const EnrolRefusal = z.strictObject({
  because: z.enum(["tokenUnknown", "tokenSpent", "tokenExpired", "machineKnown", "bodyInvalid"]),
  message: z.string().max(1000),
});
export type EnrolRefusal = z.infer<typeof EnrolRefusal>;

/** POST /api/agents/leave: a host takes itself off the list. Its own signature over `leaveText` is the whole authority of the call. */
export const LeaveBody = z.strictObject({ hostId: HostId, at: Instant, signature: z.base64().max(100) });
export type LeaveBody = z.infer<typeof LeaveBody>;

/** 4xx: why it stays on the list. `message` is for people. */
export const LeaveRefusal = z.strictObject({
  because: z.enum(["signatureWrong", "tooOld", "bodyInvalid"]),
  message: z.string().max(1000),
});
export type LeaveRefusal = z.infer<typeof LeaveRefusal>;

/** POST /api/agents/rotate: a host takes another key. Both signatures are over `rotateText`: the old key's, and the new one's. */
export const RotateBody = z.strictObject({
  hostId: HostId,
  at: Instant,
  newKey: PublicKey,
  signature: z.base64().max(100),
  proof: z.base64().max(100),
});
export type RotateBody = z.infer<typeof RotateBody>;

/** 4xx: why it keeps its key. `message` is for people. */
export const RotateRefusal = z.strictObject({
  because: z.enum(["signatureWrong", "tooOld", "windowOpen", "keyKnown", "bodyInvalid"]),
  message: z.string().max(1000),
});
export type RotateRefusal = z.infer<typeof RotateRefusal>;
