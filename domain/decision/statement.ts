import { z } from "zod";
import { Digest, GateId, HostRole, RunId, UserId, WindowId } from "../ids.ts";
import { Parameters } from "../runbook/parameters.ts";
import { Instant } from "../time.ts";
import { isSoftwareKey, SshPublicKey } from "./sshKey.ts";
import { ArmouredSignature } from "./sshSignature.ts";

/**
 * `BREAK-GLASS` is the word of a person who does not decide at this gate: with their reason it counts with one GO fewer, never with
 * none (gate/quorum.ts).
 */
export const Verdict = z.enum(["GO", "NO-GO", "BREAK-GLASS"]);
export type Verdict = z.infer<typeof Verdict>;

/** 32 random bytes, base64url: a statement decides once. */
export const Nonce = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "32 random bytes in base64url");

/** A reason that is signed: without blanks around it, so that what was typed is what is signed. */
export const SignedReason = z
  .string()
  .min(1)
  .max(2000)
  .refine((text) => text === text.trim(), "no blanks around it");

/** A criterion as the approver saw it when signing. */
export const Evidence = z.strictObject({
  criterionId: z.string().max(120),
  verdict: z.enum(["pass", "fail", "unknown"]),
  waived: z.strictObject({ by: UserId, reason: z.string().min(1).max(2000) }).optional(),
  values: z.record(z.string(), z.unknown()),
});
export type Evidence = z.infer<typeof Evidence>;

/**
 * What an approver signs. The SHA-256 of its canonical JSON is the challenge of the passkey's assertion; an SSH key signs that text
 * itself. So the signature binds every word here: change one and no host carries it out.
 */
export const Statement = z
  .strictObject({
    slackwater: z.literal("decision/1"),
    verdict: Verdict,
    gateId: GateId,
    windowId: WindowId,
    runId: RunId,
    kind: z.enum(["live", "rehearsal"]),
    /** Digest of steps, criteria, triggers, gates and rollback; announcements bind nothing. */
    executableDigest: Digest,
    /** The version of the runbook language that hosts compile the text with. */
    languageVersion: z.literal(1),
    parameters: Parameters,
    hosts: z.record(HostRole, Digest),
    evidence: z.array(Evidence).max(200),
    rollbackDigest: Digest,
    /** A GO authorises the rollback of this text until then: window end + 3 × planned duration. */
    rollbackLatestEnd: Instant,
    /** Last event of the run when the statement was made: anchors the log outside the database. */
    chainHead: Digest,
    /** The window: the lease of every forward task that changes something, and `window` in expressions. */
    windowStartsAt: Instant,
    windowEndsAt: Instant,
    /** Authority to go forward: from the window's start, to its end or (signed late) a quarter of an hour after the statement was made. */
    notBefore: Instant,
    notAfter: Instant,
    nonce: Nonce,
    approver: UserId,
    /** In whose place the approver signs, with their own key; absent: in their own. The two of them count once. */
    inPlaceOf: UserId.optional(),
    /** Why the glass is broken: there for that verdict, and for it alone. */
    reason: SignedReason.optional(),
  })
  .refine(({ verdict, reason }) => (verdict === "BREAK-GLASS") === (reason !== undefined), {
    path: ["reason"],
    message: "A reason belongs to BREAK-GLASS, and to nothing else.",
  })
  .refine(
    ({ inPlaceOf, approver, verdict }) =>
      inPlaceOf === undefined || (inPlaceOf !== approver && verdict !== "BREAK-GLASS"),
    {
      path: ["inPlaceOf"],
      message: "Somebody else's place, at which a GO or NO-GO is signed.",
    },
  );
export type Statement = z.infer<typeof Statement>;

const base64url = z
  .string()
  .max(8000)
  .regex(/^[A-Za-z0-9_-]*$/);

/** How a statement was signed. Kept whole, so that anyone can check it later and offline. */
export const Signature = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("passkey"),
    credentialId: base64url,
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    /** The credential's public key, COSE, base64url. */
    publicKey: base64url,
    /** True for the software passkey of `demo --auto`; wherever it shows it is marked. */
    software: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("ssh"),
    publicKey: SshPublicKey,
    /** All that `ssh-keygen -Y sign -n slackwater` wrote over the statement's canonical JSON, in its armour. */
    signature: z
      .string()
      .refine((text) => ArmouredSignature.safeParse(text).data === text, "a signature of ssh-keygen"),
  }),
]);
export type Signature = z.infer<typeof Signature>;

/** True where a program held the key, and no device that asks its person: a software passkey, an SSH key in a file. */
export function isHeldByProgram(signature: Signature): boolean {
  switch (signature.kind) {
    case "passkey":
      return signature.software;
    case "ssh":
      return isSoftwareKey(signature.publicKey);
    default:
      return signature satisfies never;
  }
}

export const SignedDecision = z.strictObject({ statement: Statement, signature: Signature });
/** A statement with the signature over its digest. */
export type SignedDecision = z.infer<typeof SignedDecision>;

/** Life of a decision. `suspended`: a fact it rests on is stale; `spent`: the step behind its gate has started. */
export const DecisionLife = z.enum(["valid", "suspended", "void", "spent", "takenBack"]);
export type DecisionLife = z.infer<typeof DecisionLife>;
