import { z } from "zod";
import { RunId as RunIdSchema, StepId, UserId } from "../../domain/ids.ts";
import { RunStage } from "../../domain/run/stages.ts";
import { Instant } from "../../domain/time.ts";

/** What is asked of the person at the terminal: a step that waits for them, or that they can't answer there. */
const Question = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("manual"),
    stepId: StepId,
    title: z.string(),
    instructions: z.string(),
    by: z.array(z.string()),
    fields: z.array(
      z.strictObject({
        name: z.string(),
        title: z.string(),
        type: z.enum(["yesNo", "number", "text"]),
        required: z.boolean(),
      }),
    ),
  }),
  z.strictObject({
    kind: z.literal("gate"),
    stepId: StepId,
    title: z.string(),
    of: z.array(z.string()),
    expiresAt: Instant.optional(),
  }),
]);

/** A run as the terminal of `run --local` shows it. */
export const LocalView = z.strictObject({
  runId: RunIdSchema,
  title: z.string(),
  zone: z.string(),
  /** Number of the last event of the pack. */
  packSeq: z.int(),
  stage: RunStage,
  outcome: z.string().optional(),
  /** Whether this host is the one who decides now. */
  isOurs: z.boolean(),
  hold: z.strictObject({ detail: z.string(), stepId: StepId.optional() }).optional(),
  /** Titles of the steps whose task runs. */
  running: z.array(z.string()),
  /** The step that can be tried again or skipped: it failed, was cancelled, or nobody knows how it ended. */
  stopped: z.strictObject({ stepId: StepId, title: z.string(), notes: z.string().optional() }).optional(),
  runningStep: StepId.optional(),
  question: Question.optional(),
  /** What a rollback would do now, and what it would lose; absent where there is nothing to go back on. */
  rollback: z.strictObject({ steps: z.array(z.string()), loses: z.string() }).optional(),
  /** A statement that an approver was asked to sign here: in words, and the file that holds it to the byte. */
  asked: z.strictObject({ lines: z.array(z.string()), path: z.string() }).optional(),
  people: z.array(z.strictObject({ userId: UserId, name: z.string(), role: z.string() })),
  /** What this host made happen, behind the number that was asked for. */
  lines: z.array(z.strictObject({ at: Instant, text: z.string() })),
  /** How many there are in all. */
  lineCount: z.int(),
});
export type LocalView = z.infer<typeof LocalView>;
