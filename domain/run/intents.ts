import { z } from "zod";
import { SignedDecision } from "../decision/statement.ts";
import { DELEGATION_ORDERS } from "../delegation/delegationEvents.ts";
import type { Fact } from "../fact/fact.ts";
import type { FailureReport } from "../failure.ts";
import type { Digest, HostId, TaskId } from "../ids.ts";
import { GateId, StepId } from "../ids.ts";
import { POLL_ORDERS } from "../poll/pollEvents.ts";
import { SILENCE_ORDERS } from "../silence/silenceEvents.ts";
import { ThrottleSetting } from "../throttle/setting.ts";
import type { DurationMs } from "../time.ts";
import { Instant } from "../time.ts";
import type { GiveBack, TakeOver } from "./takeOver.ts";
import type { TaskReport } from "./taskReport.ts";

const reason = z.string().trim().min(1, "A reason is needed.").max(2000);

/**
 * What a person may order of a run. Each comes in by HTTP, is written to `run_input`, and is answered from the log: by the
 * events it caused, or by an `orderRefused` with its reason.
 */
export const Order = z.discriminatedUnion("order", [
  z.strictObject({ order: z.literal("measure"), itemIds: z.array(StepId).min(1).max(100) }),
  z.strictObject({
    order: z.literal("confirmItem"),
    itemId: StepId,
    value: z.union([z.boolean(), z.number(), z.string().max(2000)]),
    reason: z.string().max(2000),
  }),
  z.strictObject({ order: z.literal("waive"), criterionId: z.string().max(120), reason }),
  z.strictObject({
    order: z.literal("recordSecret"),
    secret: z.string().max(63),
    place: z.string().trim().min(1).max(400),
    recipient: z.string().max(200),
  }),
  z.strictObject({ order: z.literal("askApproval") }),
  z.strictObject({ order: z.literal("decide"), gateId: GateId, decision: SignedDecision }),
  z.strictObject({ order: z.literal("takeBack"), gateId: GateId, reason }),
  ...DELEGATION_ORDERS,
  ...POLL_ORDERS,
  ...SILENCE_ORDERS,
  z.strictObject({ order: z.literal("start") }),
  z.strictObject({ order: z.literal("hold"), reason: z.string().max(2000) }),
  z.strictObject({ order: z.literal("resume") }),
  z.strictObject({ order: z.literal("retry"), stepId: StepId }),
  z.strictObject({ order: z.literal("inspectAgain"), stepId: StepId }),
  z.strictObject({ order: z.literal("skip"), stepId: StepId, reason }),
  z.strictObject({ order: z.literal("cancelTask"), stepId: StepId, reason: z.string().max(2000) }),
  /** How much the running task of a step may take of its host, from now on. */
  z.strictObject({
    order: z.literal("throttleTask"),
    stepId: StepId,
    setting: ThrottleSetting,
    reason: z.string().max(2000),
  }),
  z.strictObject({
    order: z.literal("confirmManual"),
    stepId: StepId,
    fields: z.record(z.string(), z.union([z.boolean(), z.number(), z.string().max(2000)])),
  }),
  z.strictObject({ order: z.literal("rollBack"), reason: z.string().max(2000) }),
  z.strictObject({ order: z.literal("giveRollbackReason"), reason }),
  z.strictObject({ order: z.literal("abandon"), reason }),
  z.strictObject({
    order: z.literal("signCompletion"),
    allVerified: z.boolean(),
    inProduction: z.boolean(),
    issues: z.string().max(4000),
  }),
  z.strictObject({ order: z.literal("writeNote"), text: z.string().max(4000) }),
]);
export type Order = z.infer<typeof Order>;
export type OrderName = Order["order"];
/** The orders of some of these names. */
export type OrderOf<Name extends OrderName> = Extract<Order, { order: Name }>;

/**
 * What the engine hears from agents, timers and probes. None of these is an order of a person. All may come late, twice or out of
 * order: a report about anything but the newest attempt changes nothing.
 */
export type Report =
  | { report: "taskAccepted"; taskId: TaskId }
  | { report: "taskRefused"; taskId: TaskId; failure: FailureReport }
  | { report: "taskEnded"; taskId: TaskId; ended: TaskReport; facts: readonly Fact[] }
  | { report: "factsMeasured"; facts: readonly Fact[] }
  /** How far the clock of a host is off the server's (ms; positive: ahead). Only what changes whether a run may start is kept. */
  | { report: "clockMeasured"; hostId: HostId; offMs: number }
  | { report: "timerFired"; timerId: string }
  | { report: "probeSampled"; probeId: string; sample: ProbeSample }
  /** So many readings in a row have not come: one report for each more. */
  | { report: "probeMissed"; probeId: string; missed: number }
  | { report: "downtimeMeasured"; lastAcceptedAt: Instant; firstAcceptedAt?: Instant; downtimeMs?: DurationMs }
  /**
   * A host that this run uses was started anew: its mounts and the passphrases in its memory are gone, so nothing new begins until a
   * person has looked. One that is only silent holds nothing: what it was ordered goes on, and it reports when it is back.
   */
  | { report: "hostRebooted"; hostId: HostId; detail: string }
  /** A person at the host said that it carries the run on; heard by the host itself, and by the server when it is back. */
  | ({ report: "runTakenOver" } & TakeOver)
  | ({ report: "runGivenBack" } & GiveBack)
  /** A host took the run over, and what it did can't be joined: people have to look before anything more begins. */
  | { report: "localRunRefused"; detail: string }
  /** The record was put back from a backup of that moment, by `slackwater restore`. */
  | { report: "runRestored"; takenAt: Instant }
  /** A host holds the run's log up to an event that is not on record here: an older record was put back behind our back. */
  | { report: "hostKnowsMore"; hostId: HostId; seq: number; hash: Digest }
  /** Nothing happened but time. Every live run gets one each second or so, and whenever a process takes it over. */
  | { report: "wake" };

/** The reports of some of these names. */
export type ReportOf<Name extends Report["report"]> = Extract<Report, { report: Name }>;

/** What a probe read once. `at`: by the host's clock. */
export const ProbeReading = z.strictObject({
  at: Instant,
  ok: z.boolean(),
  value: z.number().exactOptional(),
  detail: z.string().max(400),
});
export type ProbeReading = z.infer<typeof ProbeReading>;

/** A reading as triggers see it: `probe.ok`, `probe.value`, `probe.consecutive_failures`. */
export interface ProbeSample extends ProbeReading {
  readonly consecutiveFailures: number;
  /** What the readings come to over the probe's `over`, where it has one (trigger/probeCourse.ts). */
  readonly over?: {
    readonly count: number;
    /** 0 to 1. */
    readonly failedShare: number;
    /** Absent before two values were read. */
    readonly increase?: number;
    /** Mean of the values before the newest; absent where there was none. */
    readonly usual?: number;
  };
}
