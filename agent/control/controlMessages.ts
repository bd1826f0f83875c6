import { z } from "zod";
import { ArmouredSignature } from "../../domain/decision/sshSignature.ts";
import { Verdict } from "../../domain/decision/statement.ts";
import { Failure } from "../../domain/failure.ts";
import { GateId, HostId, RunId, TaskId, UserId } from "../../domain/ids.ts";
import { Order } from "../../domain/run/intents.ts";
import { ThrottleSetting } from "../../domain/throttle/setting.ts";
import { Instant } from "../../domain/time.ts";
import { LocalView } from "../localRun/localView.ts";

const ofRun = { runId: RunId, after: z.int().min(0) };

/** What the terminal of `run --local` asks. Each is answered with the run as it is then; `after`: events that were shown already. */
export const LocalRequest = z.discriminatedUnion("command", [
  z.strictObject({ command: z.literal("local"), ...ofRun }),
  z.strictObject({ command: z.literal("takeOver"), ...ofRun, person: UserId }),
  z.strictObject({ command: z.literal("localOrder"), ...ofRun, person: UserId, order: Order }),
  z.strictObject({ command: z.literal("giveBack"), ...ofRun, person: UserId }),
  /** What an approver would sign at the gate that asks now: answered with `asked` in the run. */
  z.strictObject({
    command: z.literal("askSignature"),
    ...ofRun,
    approver: UserId,
    verdict: Verdict.exclude(["BREAK-GLASS"]),
  }),
  /** Their signature over what was asked last. */
  z.strictObject({ command: z.literal("giveSignature"), ...ofRun, approver: UserId, signature: ArmouredSignature }),
]);
export type LocalRequest = z.infer<typeof LocalRequest>;

/** What can be said over the agent's local socket: one line of JSON each way, then it is closed. */
export const ControlRequest = z.discriminatedUnion("command", [
  ...LocalRequest.options,
  z.strictObject({ command: z.literal("status") }),
  /** Nothing new is begun until `resume`; what runs goes on. Kept over restarts. */
  z.strictObject({ command: z.literal("hold"), reason: z.string().max(1000) }),
  z.strictObject({ command: z.literal("resume") }),
  /** How much a task that runs here may take of the host, whatever the run said of it so far. */
  z.strictObject({ command: z.literal("throttle"), taskId: TaskId, setting: ThrottleSetting }),
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
  /** What keeps the link to that server: the six words of the pinned TLS key, or why none is pinned. */
  linkKey: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("pinned"), words: z.string() }),
    /** TLS, and whoever the system's authorities vouch for. */
    z.strictObject({ kind: z.literal("unpinned") }),
    z.strictObject({ kind: z.literal("plain") }),
  ]),
  link: z.strictObject({
    state: z.enum(["connecting", "connected", "refused"]),
    since: z.number(),
    because: z.string().optional(),
    clockSkewMs: z.number().optional(),
  }),
  /** Present while the host's owner holds the agent. */
  held: z.strictObject({ since: Instant, reason: z.string() }).optional(),
  tasks: z.array(
    z.strictObject({
      taskId: TaskId,
      action: z.string(),
      running: z.boolean(),
      /** Absent: nobody holds it back. `because`: it rests. */
      throttle: z
        .strictObject({ setting: ThrottleSetting, from: z.enum(["server", "owner"]), because: z.string().optional() })
        .optional(),
    }),
  ),
  decisions: z.array(SeenDecision),
  /** Runs that this host carries on by itself, or has not told the server all of. */
  local: z.array(
    z.strictObject({ runId: RunId, isOurs: z.boolean(), turns: z.int(), joined: z.int(), refused: z.boolean() }),
  ),
  /** Runs that could be carried on from here, by the pack that lies on this host. */
  packs: z.array(z.strictObject({ runId: RunId, title: z.string(), events: z.int(), folder: z.string() })),
});
export type AgentStatus = z.infer<typeof AgentStatus>;

const ControlAnswer = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), status: AgentStatus, local: LocalView.optional() }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type ControlAnswer = z.infer<typeof ControlAnswer>;

/** Reads the agent's answer. Throws `outputUnreadable` for anything else. */
export function readAnswer(line: string): ControlAnswer {
  try {
    return ControlAnswer.parse(JSON.parse(line));
  } catch (cause) {
    throw new Failure(
      "outputUnreadable",
      "The agent that runs here answers in other words than this command knows: it is of another version. Start it anew.",
      { cause },
    );
  }
}

/** Longest line that is read, in bytes: an answer lists a thousand tasks at most. */
export const MAX_LINE_BYTES = 1024 * 1024;
