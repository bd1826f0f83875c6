import { z } from "zod";
import { SignedDecision } from "../domain/decision/statement.ts";
import { Fact } from "../domain/fact/fact.ts";
import { FailureReport } from "../domain/failure.ts";
import { Digest, HostId, HostRole, RunId, TaskId, WindowId } from "../domain/ids.ts";
import { JoiningTurn } from "../domain/localRun/localTurn.ts";
import { Head } from "../domain/run/chain.ts";
import { LoggedEvent } from "../domain/run/events.ts";
import { TaskReport } from "../domain/run/taskReport.ts";
import { Parameters } from "../domain/runbook/parameters.ts";
import { MAX_RUNBOOK_CHARACTERS } from "../domain/runbook/textLimit.ts";
import { ThrottleMode, ThrottleSetting } from "../domain/throttle/setting.ts";
import { DurationMs, Instant } from "../domain/time.ts";
import { MOST_PACKS, PackAbout, PackHeld } from "./runPack.ts";

/**
 * The frames between server and agent, as JSON text messages over one websocket that the agent opens (`/agent`).
 * docs/protocol.md tells a sample session. Delivery is ours, not the socket's: a task waits in the server's outbox until
 * `taskAccepted` or `taskRefused`, output and reports wait in the agent's spool and journal until acknowledged, and the
 * handshake carries how far each side has got.
 */

/** Largest frame in bytes; a larger one ends the connection with code 1009. Output travels in pieces of at most 64 KiB. */
export const MAX_FRAME_BYTES = 256 * 1024;
export const MAX_OUTPUT_PIECE_BYTES = 64 * 1024;

const base64 = (maxBytes: number) => z.base64().max(Math.ceil(maxBytes / 3) * 4);
const key = base64(64);

/** A secret sealed (age) to the run's key of one agent. The server stores and forwards it and can't open it. */
export const SealedSecret = z.strictObject({
  name: z.string().max(63),
  recipient: z.string().max(200),
  ciphertext: base64(8192),
});
export type SealedSecret = z.infer<typeof SealedSecret>;

/** What an agent needs to check for itself that a task was decided: the runbook's text and the signed decisions of its gates. */
export const Authority = z.strictObject({
  windowId: WindowId,
  runbookText: z.string().max(MAX_RUNBOOK_CHARACTERS),
  runbookDigest: Digest,
  executableDigest: Digest,
  parameters: Parameters,
  hosts: z.record(HostRole, Digest),
  decisions: z.array(SignedDecision).max(20),
  chainHead: Digest,
});
export type Authority = z.infer<typeof Authority>;

/** One order to one agent. The id fences it: an agent carries out an id once, and answers a repeat with what it knows. */
export const TaskOrder = z.strictObject({
  taskId: TaskId,
  action: z.string().max(63),
  arguments: z.record(z.string(), z.unknown()),
  /** True after an unknown outcome: look first, and act only on what is missing. */
  inspectFirst: z.boolean(),
  /** Longest time in ms; the agent cancels it then. */
  withinMs: DurationMs,
  secrets: z.array(SealedSecret).max(20),
});
export type TaskOrder = z.infer<typeof TaskOrder>;

/** A repeated measurement: what, how often, and from when to when it is paused is the server's to say by sending a new set. */
export const ProbeOrder = z.strictObject({
  probeId: z.string().max(63),
  runId: RunId,
  action: z.string().max(63),
  arguments: z.record(z.string(), z.unknown()),
  everyMs: z.int().min(200).max(3_600_000),
});
export type ProbeOrder = z.infer<typeof ProbeOrder>;

/** What an agent watches beside the host itself: a PostgreSQL, over one kept connection, that `postgres.stop` closes first. */
export const HealthTarget = z.strictObject({
  host: z.string().max(255),
  port: z.int().min(1).max(65535),
  database: z.string().max(63),
  user: z.string().max(63),
});
export type HealthTarget = z.infer<typeof HealthTarget>;

export const ServerFrame = z.discriminatedUnion("type", [
  /** First frame: who the server is, and what the agent has to sign. */
  z.strictObject({
    type: z.literal("challenge"),
    oldest: z.int(),
    newest: z.int(),
    serverKey: key,
    nonce: key,
    now: Instant,
  }),
  /** The agent is known. `signature` is the server key's over the agent's nonce. Tasks follow with what is acknowledged of each. */
  z.strictObject({
    type: z.literal("welcome"),
    version: z.int(),
    signature: key,
    /** Bytes of output on record for each task the agent named in its hello. */
    acknowledged: z
      .array(z.strictObject({ taskId: TaskId, outputBytes: z.int().min(0), reported: z.boolean() }))
      .max(1000),
    now: Instant,
  }),
  z.strictObject({
    type: z.literal("rejected"),
    because: z.enum([
      "unknownKey",
      "badSignature",
      "versionTooOld",
      "versionTooNew",
      "keyInUse",
      "revoked",
      "clockSkew",
    ]),
    message: z.string().max(1000),
  }),
  z.strictObject({ type: z.literal("task"), order: TaskOrder, authority: Authority }),
  z.strictObject({ type: z.literal("cancel"), taskId: TaskId, graceMs: DurationMs }),
  /** How much a running task may take of its host. `order` counts up (the number of the event in the run's log): an older one changes nothing. */
  z.strictObject({ type: z.literal("throttle"), taskId: TaskId, order: z.int().min(1), setting: ThrottleSetting }),
  z.strictObject({ type: z.literal("outputAcknowledged"), taskId: TaskId, outputBytes: z.int().min(0) }),
  z.strictObject({ type: z.literal("reportAcknowledged"), taskId: TaskId }),
  z.strictObject({
    type: z.literal("probes"),
    probes: z.array(ProbeOrder).max(100),
    health: z.array(HealthTarget).max(4),
  }),
  z.strictObject({ type: z.literal("makeRunKey"), runId: RunId }),
  z.strictObject({ type: z.literal("endRun"), runId: RunId }),
  /** What a run pack holds beside the run's log, whole, whenever it differs from what the agent said it holds. Since version 2. */
  z.strictObject({
    type: z.literal("packAbout"),
    runId: RunId,
    about: PackAbout,
    /** Those of this host. */
    secrets: z.array(SealedSecret).max(20),
  }),
  /** Events of a run's log, in order, behind the last one that the agent holds. Before any task that they order. Since version 2. */
  z.strictObject({
    type: z.literal("packEvents"),
    runId: RunId,
    after: Head,
    events: z.array(LoggedEvent).min(1).max(500),
  }),
  /** What the host did by itself is on record up to the turn of this digest. Since version 2. */
  z.strictObject({ type: z.literal("localJoined"), runId: RunId, digest: Digest }),
  /** The turn of this digest can't be joined, nor what came after it; people have to look. Since version 2. */
  z.strictObject({ type: z.literal("localRefused"), runId: RunId, digest: Digest, because: z.string().max(2000) }),
  /** A frame of the agent's that could not be read. The connection goes on. */
  z.strictObject({ type: z.literal("notUnderstood"), issues: z.array(z.string().max(400)).max(20) }),
]);
export type ServerFrame = z.infer<typeof ServerFrame>;

const amount = z.number().min(0);

/** Live progress of one task, in one shape for every action. Not in the event log. */
export const Progress = z.strictObject({
  done: amount,
  total: amount.optional(),
  unit: z.enum(["bytes", "files", "rows", "steps"]),
  ratePerSecond: amount.optional(),
  etaMs: amount.optional(),
  filesDone: z.int().min(0).optional(),
  filesTotal: z.int().min(0).optional(),
  /** The current file or table, made safe to show. */
  item: z.string().max(1000).optional(),
  /** Absent: it gets all it can. `because`: it stands still, and why. */
  throttle: z
    .strictObject({
      mode: ThrottleMode,
      bytesPerSecond: z.int().min(1).optional(),
      rowsPerSecond: z.int().min(1).optional(),
      because: z.string().max(400).optional(),
    })
    .optional(),
});
export type Progress = z.infer<typeof Progress>;

/** One second of a host's health. Percentages are 0 to 100 of the whole host; sizes bytes, rates bytes per second. */
export const HealthSample = z.strictObject({
  at: Instant,
  cpuPercent: z.number().min(0).max(100),
  load1: z.number().min(0),
  memoryUsedBytes: z.number().min(0),
  memoryTotalBytes: z.number().min(0),
  diskBusyPercent: z.number().min(0).max(100).optional(),
  diskReadBytesPerSecond: z.number().min(0),
  diskWriteBytesPerSecond: z.number().min(0),
  networkInBytesPerSecond: z.number().min(0),
  networkOutBytesPerSecond: z.number().min(0),
  fileSystems: z
    .array(z.strictObject({ path: z.string().max(400), freeBytes: z.number().min(0), totalBytes: z.number().min(0) }))
    .max(20),
  /** Absent: nothing is watched. `paused`: our own connection was closed for a planned stop. */
  postgres: z
    .discriminatedUnion("state", [
      z.strictObject({ state: z.literal("up"), latencyMs: z.number().min(0) }),
      z.strictObject({ state: z.literal("down"), error: z.string().max(400) }),
      z.strictObject({ state: z.literal("paused") }),
    ])
    .optional(),
});
export type HealthSample = z.infer<typeof HealthSample>;

export const AgentFrame = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    hostId: HostId,
    publicKey: key,
    /** Ed25519 over `slackwater-hello/1 NUL server nonce NUL agent nonce NUL host id NUL machine id`. */
    signature: key,
    nonce: key,
    machineId: z.string().max(64),
    oldest: z.int(),
    newest: z.int(),
    agentVersion: z.string().max(40),
    now: Instant,
    /** Every task the agent holds something of: still running, or not wholly acknowledged. */
    tasks: z.array(z.strictObject({ taskId: TaskId, outputBytes: z.int().min(0), running: z.boolean() })).max(1000),
    bootId: z.string().max(64),
    actions: z.array(z.string().max(63)).max(500),
  }),
  z.strictObject({ type: z.literal("taskAccepted"), taskId: TaskId }),
  z.strictObject({ type: z.literal("taskRefused"), taskId: TaskId, failure: FailureReport }),
  /** A piece of a task's output. `offset` counts bytes of the whole output; a repeated or overlapping piece is harmless. */
  z.strictObject({
    type: z.literal("output"),
    taskId: TaskId,
    offset: z.int().min(0),
    bytes: base64(MAX_OUTPUT_PIECE_BYTES),
    at: Instant,
  }),
  /** Bytes that the host itself no longer has: dropped for the spool's limit, or damaged on its disk. They count as sent. */
  z.strictObject({
    type: z.literal("outputLost"),
    taskId: TaskId,
    offset: z.int().min(0),
    lengthBytes: z.int().min(1),
    because: z.enum(["limit", "damaged"]),
  }),
  z.strictObject({ type: z.literal("progress"), taskId: TaskId, at: Instant, progress: Progress }),
  /** Sent again until acknowledged. */
  z.strictObject({ type: z.literal("taskEnded"), taskId: TaskId, report: TaskReport }),
  z.strictObject({ type: z.literal("health"), sample: HealthSample }),
  z.strictObject({
    type: z.literal("probeSampled"),
    probeId: z.string().max(63),
    runId: RunId,
    at: Instant,
    ok: z.boolean(),
    value: z.number().optional(),
    detail: z.string().max(400),
    facts: z.array(Fact).max(20),
  }),
  /** The age recipient made for a run, signed by the host's key: Ed25519 over `slackwater-run-key/1 NUL run id NUL recipient`. */
  z.strictObject({ type: z.literal("runKey"), runId: RunId, recipient: z.string().max(200), signature: key }),
  /** What the host decided by itself since it took a run over, in order; sent again until joined or refused. Since version 2. */
  z.strictObject({
    type: z.literal("localTurns"),
    runId: RunId,
    turns: z.array(JoiningTurn).min(1).max(50),
  }),
  /** All the run packs that the host holds, once after each welcome: what is missing in them is brought then. Since version 2. */
  z.strictObject({ type: z.literal("packsHeld"), packs: z.array(PackHeld).max(MOST_PACKS) }),
  z.strictObject({ type: z.literal("notUnderstood"), issues: z.array(z.string().max(400)).max(20) }),
]);
export type AgentFrame = z.infer<typeof AgentFrame>;
