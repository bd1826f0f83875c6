import { z } from "zod";
import { Outcome } from "../../domain/run/stages.ts";
import { Instant } from "../../domain/time.ts";

/** One event of a run's log, as it is sent to scripts. The event itself is as the export has it (domain/run/events.ts). */
export const SentEvent = z.strictObject({
  seq: z.int().min(1).describe("Number in the log; send it as Last-Event-ID to have what came after it."),
  at: Instant.describe("Milliseconds since 1970-01-01T00:00Z."),
  type: z.string(),
  event: z.looseObject({ type: z.string() }).describe("As slackwater export writes it."),
});
export type SentEvent = z.infer<typeof SentEvent>;

/** GET /api/runs/{runId}/events without a stream: what came after a number, and whether that is all there will be. */
export const EventsAnswer = z.strictObject({
  events: z.array(SentEvent),
  /** Number of the newest event in the log. */
  headSeq: z.int().min(1),
  /** How the run ended; null while it is not over. */
  outcome: Outcome.nullable(),
});
export type EventsAnswer = z.infer<typeof EventsAnswer>;

const seq = z.coerce
  .number("the number of an event, such as 41")
  .int("the number of an event, such as 41")
  .min(0, "0, for all, or the number of an event")
  .max(2_147_483_647, "the number of an event, such as 41");

/** What a script had already: the query, and the header that an EventSource sends when it comes again, which goes before it. */
export const EventsQuery = z.strictObject({ since: seq.default(0).describe("Events after this number.") });
export const EventsHeaders = z.strictObject({
  "last-event-id": seq.exactOptional().describe("The same, as an EventSource says it; goes before since."),
});
