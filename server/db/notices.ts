import { z } from "zod";
import { HostId, RunId } from "../../domain/ids.ts";

/** The one channel on which Slackwater's processes tell each other where something is new. */
export const CHANNEL = "slackwater";

/**
 * A notice: where something is new, never what. Losing one costs time, not truth: whoever gets it reads the tables, and reads
 * them anyway after every reconnect.
 */
export const Notice = z.discriminatedUnion("about", [
  /** The log of a run has grown to `seq`. */
  z.object({ about: z.literal("run"), runId: RunId, seq: z.int().min(0) }),
  /** There is something for the engine to deal with. */
  z.object({ about: z.literal("inputs"), runId: RunId }),
  /** There is a task, a cancel or another word for the agent of a host. */
  z.object({ about: z.literal("host"), hostId: HostId }),
  /** The link of a host came up or went down. */
  z.object({ about: z.literal("link"), hostId: HostId, connected: z.boolean() }),
  /** A window was added or changed. */
  z.object({ about: z.literal("windows") }),
]);
export type Notice = z.infer<typeof Notice>;
