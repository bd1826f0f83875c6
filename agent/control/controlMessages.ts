import { z } from "zod";
import { Verdict } from "../../domain/decision/statement.ts";
import { GateId, HostId, RunId, TaskId, UserId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";

/** What can be said over the agent's local socket: one line of JSON each way, then it is closed. */
export const ControlRequest = z.discriminatedUnion("command", [
  z.strictObject({ command: z.literal("status") }),
  /** Nothing new is begun until `resume`; what runs goes on. Kept over restarts. */
  z.strictObject({ command: z.literal("hold"), reason: z.string().max(1000) }),
  z.strictObject({ command: z.literal("resume") }),
  /** `hold`, and every running task is cancelled. Databases and mounts stay as they are at that moment. */
  z.strictObject({ command: z.literal("stop"), reason: z.string().max(1000), graceMs: z.int().min(0).max(600_000) }),
]);
export type ControlRequest = z.infer<typeof ControlRequest>;

/** A decision that this host verified itself, to be compared with what the approver saw: on another device, by its six words. */
export const SeenDecision = z.strictObject({
  runId: RunId,
  gateId: GateId,
  verdict: Verdict,
  approver: UserId,
  /** Of the SHA-256 that was signed. */
  words: z.string(),
  at: Instant,
});
export type SeenDecision = z.infer<typeof SeenDecision>;

export const AgentStatus = z.strictObject({
  version: z.string(),
  hostId: HostId,
  server: z.string(),
  /** This host's key and the server's pinned one, as six words each. */
  hostWords: z.string(),
  serverWords: z.string(),
  link: z.strictObject({
    state: z.enum(["connecting", "connected", "refused"]),
    since: z.number(),
    because: z.string().optional(),
    clockSkewMs: z.number().optional(),
  }),
  /** Present while the host's owner holds the agent. */
  held: z.strictObject({ since: Instant, reason: z.string() }).optional(),
  tasks: z.array(z.strictObject({ taskId: TaskId, action: z.string(), running: z.boolean() })),
  decisions: z.array(SeenDecision),
});
export type AgentStatus = z.infer<typeof AgentStatus>;

export const ControlAnswer = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), status: AgentStatus }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type ControlAnswer = z.infer<typeof ControlAnswer>;

/** Longest line that is read, in bytes: an answer lists a thousand tasks at most. */
export const MAX_LINE_BYTES = 1024 * 1024;
