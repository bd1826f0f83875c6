import { z } from "zod";
import { HostId, RunId, StepId, TaskId, WindowId } from "../domain/ids.ts";
import { Instant } from "../domain/time.ts";
import { HealthSample, Progress } from "./agent.ts";

/**
 * What browsers hear over socket.io: read only. A frame never carries what must not be lost: it says what changed, and the page
 * reads again over HTTP (by sequence number) whatever it missed. Rooms: `windows`, `run:<id>`, `host:<id>`, `status`.
 */
export const BrowserFrame = z.discriminatedUnion("type", [
  /** A run's log has grown to `seq`; views of it older than that are to be read again. */
  z.strictObject({ type: z.literal("runChanged"), runId: RunId, windowId: WindowId, seq: z.int().min(0) }),
  z.strictObject({
    type: z.literal("progress"),
    runId: RunId,
    taskId: TaskId,
    stepId: StepId,
    at: Instant,
    progress: Progress,
    /** The host said what can't be true (more than all); it was cut to its range. */
    clamped: z.literal(true).optional(),
  }),
  z.strictObject({ type: z.literal("health"), hostId: HostId, sample: HealthSample }),
  /** Output of a task has grown; the text is safe to show, `offset` counts bytes of the whole output. */
  z.strictObject({
    type: z.literal("output"),
    runId: RunId,
    taskId: TaskId,
    stepId: StepId,
    offset: z.int().min(0),
    endOffset: z.int().min(0),
    at: Instant,
    text: z.string(),
  }),
  z.strictObject({ type: z.literal("hostChanged"), hostId: HostId, connected: z.boolean(), at: Instant }),
  z.strictObject({ type: z.literal("windowsChanged") }),
  z.strictObject({
    type: z.literal("present"),
    runId: RunId,
    people: z.array(z.strictObject({ userId: z.string(), name: z.string(), role: z.string() })).max(200),
  }),
]);
export type BrowserFrame = z.infer<typeof BrowserFrame>;

/** What a browser may ask over its socket: to listen to a room, and nothing else. */
export const Listen = z.strictObject({
  room: z.string().regex(/^(windows|status|run:[0-9a-f-]{36}|host:[0-9a-f-]{36})$/),
});
export type Listen = z.infer<typeof Listen>;
