import { z } from "zod";
import { Fact } from "../../domain/fact/fact.ts";
import { FailureReport } from "../../domain/failure.ts";
import { Digest, RunId, TaskId } from "../../domain/ids.ts";
import { TaskReport } from "../../domain/run/taskReport.ts";
import { DurationMs, Instant } from "../../domain/time.ts";

/** An order as it is remembered: everything but the secrets, of which only the names are kept. */
export const JournalledOrder = z.strictObject({
  taskId: TaskId,
  action: z.string().max(63),
  arguments: z.record(z.string(), z.unknown()),
  inspectFirst: z.boolean(),
  withinMs: DurationMs,
  secretNames: z.array(z.string().max(63)).max(20),
  /** The grounds on which it was just what the text says of its step (agent/approval/ownReading.ts). Only then does it count later. */
  grounds: Digest.optional(),
});
export type JournalledOrder = z.infer<typeof JournalledOrder>;

/**
 * What an agent remembers, in the past tense. The list is closed: an agent that meets an entry it does not know was put back to an
 * older version in the middle of a run, and stops rather than guess.
 */
export const JournalEntry = z.discriminatedUnion("type", [
  /** On disk before anything of the task is started. */
  z.strictObject({ type: z.literal("taskBegun"), order: JournalledOrder }),
  z.strictObject({ type: z.literal("taskRefused"), taskId: TaskId, failure: FailureReport }),
  z.strictObject({ type: z.literal("cancelAsked"), taskId: TaskId, graceMs: DurationMs }),
  z.strictObject({ type: z.literal("taskReported"), taskId: TaskId, report: TaskReport }),
  /** The server has this much of the output. */
  z.strictObject({ type: z.literal("outputAcknowledged"), taskId: TaskId, outputBytes: z.int().min(0) }),
  z.strictObject({ type: z.literal("reportAcknowledged"), taskId: TaskId }),
  /** The newest link of a run's event chain that was seen: an anchor outside the server's database. */
  z.strictObject({ type: z.literal("headSeen"), runId: RunId, head: Digest }),
  /** The server said that the run is over; nothing of it will be asked again. */
  z.strictObject({ type: z.literal("runEnded"), runId: RunId }),
  z.strictObject({ type: z.literal("factMeasured"), runId: RunId, fact: Fact }),
  /** Every fact up to this sequence number of the journal is on the server's record. */
  z.strictObject({ type: z.literal("factsAcknowledged"), through: z.int().min(0) }),
]);
export type JournalEntry = z.infer<typeof JournalEntry>;

export const JournalRecord = z.strictObject({ seq: z.int().min(1), at: Instant, entry: JournalEntry });
/** An entry in its place. `seq` only ever grows; gaps are entries that were let go. */
export type JournalRecord = z.infer<typeof JournalRecord>;
