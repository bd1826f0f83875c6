import { z } from "zod";
import { StepId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";

/** Asks for the statement by which a trigger is silenced. Without an end there is none. */
export const AskSilenceBody = z.strictObject({
  triggerId: z.string().min(1).max(63),
  until: Instant,
  untilStep: StepId.optional(),
  reason: z.string().trim().min(1, "Write why it is silenced.").max(2000),
});
export type AskSilenceBody = z.infer<typeof AskSilenceBody>;

/** A trigger's silence, in force or on its way, and who may sign one. */
export interface SilenceView {
  /** What silencing it takes: "needs 2 GO from DBAs". */
  readonly needs: string;
  /** The gate whose quorum that is. */
  readonly gate: string;
  /** Nobody can silence it for longer. */
  readonly latestEnd: number;
  /** Who may sign; never a requester. */
  readonly signers: readonly { readonly userId: string; readonly name: string }[];
  readonly inForce: SilenceTerms | null;
  /** What somebody signed and is not in force, each by those who signed just that. */
  readonly proposed: readonly (SilenceTerms & {
    readonly userIds: readonly string[];
    /** How many signatures are missing; more where a group's is. */
    readonly missing: number;
  })[];
}

/** Until when, why, and by whom. */
export interface SilenceTerms {
  readonly until: number;
  readonly untilStep: { readonly id: string; readonly title: string } | null;
  readonly reason: string;
  readonly by: readonly string[];
  /** Since when it is in force, or until when its first signature counts. */
  readonly at: number;
}
