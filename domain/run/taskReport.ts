import { z } from "zod";
import { FailureReport } from "../failure.ts";
import { Digest } from "../ids.ts";
import { Instant } from "../time.ts";

/** What was ended by a cancel, and what it left behind on the host. */
export const CancelReceipt = z.strictObject({
  ended: z
    .array(z.strictObject({ pid: z.int(), command: z.string().max(400), by: z.enum(["TERM", "KILL"]) }))
    .max(1000),
  left: z
    .array(
      z.strictObject({
        kind: z.enum(["mount", "mapping", "loop", "partialFiles", "process"]),
        what: z.string().max(1000),
        cleanUp: z.string().max(1000),
      }),
    )
    .max(200),
});
export type CancelReceipt = z.infer<typeof CancelReceipt>;

/** What a cancel left on the host and how to clean it up, in one sentence; empty where nothing is left. */
export function leftText({ left }: CancelReceipt): string {
  if (left.length === 0) return "";
  return `Left on the host: ${left.map(({ what, cleanUp }) => `${what} (${cleanUp})`).join("; ")}.`;
}

const times = {
  startedAt: Instant,
  endedAt: Instant,
  outputBytes: z.int().min(0),
  /** SHA-256 of the whole output, as its runner wrote it: what is shown later can be held against it. Absent where the runner was lost. */
  outputSha256: Digest.optional(),
};

/** How a task ended, as its agent reports it. `result` fits the action's result schema; numbers carry the units named there. */
export const TaskReport = z.discriminatedUnion("outcome", [
  z.strictObject({ outcome: z.literal("succeeded"), ...times, result: z.record(z.string(), z.unknown()) }),
  z.strictObject({ outcome: z.literal("failed"), ...times, failure: FailureReport, exitCode: z.int().optional() }),
  z.strictObject({ outcome: z.literal("cancelled"), ...times, receipt: CancelReceipt }),
  z.strictObject({ outcome: z.literal("unknown"), ...times, failure: FailureReport }),
]);
export type TaskReport = z.infer<typeof TaskReport>;
