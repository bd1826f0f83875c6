import { z } from "zod";
import { SignedSilence } from "../decision/silenceStatement.ts";
import { StepId, UserId } from "../ids.ts";
import { Instant } from "../time.ts";

const triggerId = z.string().min(1).max(63);
const reason = z.string().trim().min(1, "A reason is needed.").max(2000);

/** What happens when a trigger is silenced. */
export const SILENCE_EVENTS = [
  z.strictObject({
    type: z.literal("silenceSigned"),
    triggerId,
    silence: SignedSilence,
    by: UserId,
    /** The quorum's groups that the signer was in at that moment. */
    groups: z.array(z.string().max(63)).max(50),
  }),
  /** Enough people signed the same: the trigger does nothing from now on. */
  z.strictObject({
    type: z.literal("triggerSilenced"),
    triggerId,
    until: Instant,
    untilStep: StepId.optional(),
    reason,
    signers: z.array(UserId).min(1).max(50),
  }),
  /** It does again what the runbook says. `by` and `reason`: somebody ended it before its end. */
  z.strictObject({
    type: z.literal("silenceEnded"),
    triggerId,
    how: z.enum(["time", "step", "takenBack"]),
    by: UserId.optional(),
    reason: reason.optional(),
  }),
] as const;

/** What people order of a silence. */
export const SILENCE_ORDERS = [
  z.strictObject({ order: z.literal("silenceTrigger"), triggerId, silence: SignedSilence }),
  z.strictObject({ order: z.literal("endSilence"), triggerId, reason }),
] as const;
