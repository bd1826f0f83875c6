import { z } from "zod";
import { Digest, GateId, RunId, StepId, UserId, WindowId } from "../ids.ts";
import { Instant } from "../time.ts";
import { Nonce, Signature, SignedReason } from "./statement.ts";

/**
 * What somebody signs to silence a trigger for a while. Another kind than a decision, so that the one can never be taken for the other: no
 * host and no gate reads this, and it authorises nothing to be done.
 */
export const SilenceStatement = z.strictObject({
  slackwater: z.literal("silence/1"),
  verdict: z.literal("SILENCE"),
  triggerId: z.string().min(1).max(63),
  /** The gate whose quorum it takes: the last one that people opened before the trigger was armed. */
  gateId: GateId,
  windowId: WindowId,
  runId: RunId,
  kind: z.enum(["live", "rehearsal"]),
  /** Binds the trigger's condition and what it does, with all the rest of the runbook. */
  executableDigest: Digest,
  /** When the silence ends, at the latest. There is none without an end. */
  until: Instant,
  /** It ends before that as soon as this step is over. */
  untilStep: StepId.optional(),
  reason: SignedReason,
  windowEndsAt: Instant,
  /** Last event of the run when the statement was made. */
  chainHead: Digest,
  /** The signature counts towards a quorum until then: what was signed for the situation of an hour ago is no word on this one. */
  notAfter: Instant,
  nonce: Nonce,
  approver: UserId,
});
export type SilenceStatement = z.infer<typeof SilenceStatement>;

export const SignedSilence = z.strictObject({ statement: SilenceStatement, signature: Signature });
/** A silence with the signature over its digest. */
export type SignedSilence = z.infer<typeof SignedSilence>;
