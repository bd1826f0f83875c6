import { z } from "zod";
import { UserId } from "../ids.ts";
import { Instant } from "../time.ts";

const reason = z.string().trim().min(1, "A reason is needed.").max(2000);

/** What happens when somebody names who decides in their place. `by`: the one who is away. */
export const DELEGATION_EVENTS = [
  z.strictObject({
    type: z.literal("delegated"),
    by: UserId,
    to: UserId,
    until: Instant,
    reason,
    /** The groups of gates that both were in at that moment; at a gate of one of these the other may sign for them. */
    groups: z.array(z.string().max(63)).max(50),
  }),
  z.strictObject({ type: z.literal("delegationTakenBack"), by: UserId }),
] as const;

/** What people order of their own delegation. */
export const DELEGATION_ORDERS = [
  z.strictObject({ order: z.literal("delegate"), to: UserId, until: Instant, reason }),
  z.strictObject({ order: z.literal("takeBackDelegation") }),
] as const;
