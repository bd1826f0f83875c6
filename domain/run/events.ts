import { z } from "zod";
import { SignedDecision, Verdict } from "../decision/statement.ts";
import { DELEGATION_EVENTS } from "../delegation/delegationEvents.ts";
import { Fact } from "../fact/fact.ts";
import { FailureReport } from "../failure.ts";
import { Digest, GateId, HostId, HostRole, RunId, StepId, TaskId, UserId, WindowId } from "../ids.ts";
import { POLL_EVENTS } from "../poll/pollEvents.ts";
import { Parameters } from "../runbook/parameters.ts";
import { SILENCE_EVENTS } from "../silence/silenceEvents.ts";
import { ThrottleSetting } from "../throttle/setting.ts";
import { DurationMs, Instant } from "../time.ts";
import { RefusalCode } from "./refusals.ts";
import { HoldCause, Outcome, StepKindName, StepSection } from "./stages.ts";
import { giveBackShape, takeOverShape } from "./takeOver.ts";
import { TaskReport } from "./taskReport.ts";

const reason = z.string().trim().min(1).max(2000);

/** A criterion or verification as it was judged: its text, the verdict, and the values it was judged on. */
export const Judgement = z.strictObject({
  id: z.string().max(120),
  title: z.string().max(400),
  verdict: z.enum(["pass", "fail", "unknown"]),
  /** The facts and results that the expression named, as they were then, for people and for the report. */
  values: z.record(z.string(), z.unknown()),
});
export type Judgement = z.infer<typeof Judgement>;

/**
 * The catalogue of run events: facts in the past tense, schema first. A run is the sequence of these and nothing else.
 * `at` is the moment of the event by the writing server's clock; `by` is the person where a person caused it.
 */
export const RunEvent = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("runCreated"),
    runId: RunId,
    windowId: WindowId,
    kind: z.enum(["live", "rehearsal"]),
    /** Two digests: what is executed (bound by decisions) and the whole text. */
    runbookDigest: Digest,
    executableDigest: Digest,
    parameters: Parameters,
    hosts: z.record(HostRole, z.strictObject({ hostId: HostId, keyFingerprint: Digest })),
    windowStartsAt: Instant,
    windowEndsAt: Instant,
    requestedBy: z.array(UserId).min(1),
  }),
  // preparation
  z.strictObject({ type: z.literal("factsMeasured"), facts: z.array(Fact).min(1).max(500) }),
  /** The clock of a host came to be further off the server's than it may be, or agrees with it again (domain/gate/clocks.ts). Positive: ahead. */
  z.strictObject({ type: z.literal("clockMeasured"), hostId: HostId, offMs: z.int() }),
  z.strictObject({
    type: z.literal("itemConfirmed"),
    itemId: StepId,
    value: z.union([z.boolean(), z.number(), z.string().max(2000)]),
    reason: z.string().max(2000),
    by: UserId,
  }),
  z.strictObject({ type: z.literal("criterionWaived"), criterionId: z.string().max(120), reason, by: UserId }),
  z.strictObject({
    type: z.literal("secretSealed"),
    secret: z.string().max(63),
    holder: UserId,
    place: z.string().max(400),
    recipient: z.string().max(200),
    by: UserId,
  }),
  z.strictObject({ type: z.literal("approvalAsked"), by: UserId }),
  // decisions
  z.strictObject({
    type: z.literal("decisionSigned"),
    gateId: GateId,
    decision: SignedDecision,
    by: UserId,
    verdict: Verdict,
    /** The quorum's groups that the signer was in at that moment: kept, because memberships change and the record must not. */
    groups: z.array(z.string().max(63)).max(50),
  }),
  z.strictObject({
    type: z.literal("decisionSuspended"),
    gateId: GateId,
    by: UserId,
    staleFacts: z.array(z.string()).min(1),
  }),
  z.strictObject({ type: z.literal("decisionRevived"), gateId: GateId, by: UserId }),
  z.strictObject({
    type: z.literal("decisionVoided"),
    gateId: GateId,
    by: UserId,
    what: z.string().max(400),
    was: z.string().max(2000),
    is: z.string().max(2000),
  }),
  z.strictObject({ type: z.literal("decisionTakenBack"), gateId: GateId, by: UserId, reason }),
  z.strictObject({ type: z.literal("decisionsSpent"), gateId: GateId, stepId: StepId }),
  z.strictObject({ type: z.literal("gateAsked"), gateId: GateId, expiresAt: Instant.optional() }),
  /** It expires soon, and is not decided: the reminder of that number. */
  z.strictObject({ type: z.literal("gateReminded"), gateId: GateId, expiresAt: Instant, count: z.int().min(1) }),
  z.strictObject({
    type: z.literal("gateOpened"),
    gateId: GateId,
    how: z.enum(["quorum", "criteria"]),
    judgements: z.array(Judgement),
  }),
  z.strictObject({
    type: z.literal("gateRefused"),
    gateId: GateId,
    how: z.enum(["noGo", "criteria", "expired"]),
    by: UserId.optional(),
    judgements: z.array(Judgement),
  }),
  ...DELEGATION_EVENTS,
  ...POLL_EVENTS,
  // the run
  z.strictObject({ type: z.literal("runStarted"), by: UserId }),
  z.strictObject({
    type: z.literal("runHeld"),
    cause: HoldCause,
    detail: z.string().max(2000),
    stepId: StepId.optional(),
    by: UserId.optional(),
  }),
  z.strictObject({ type: z.literal("runResumed"), by: UserId }),
  /** A rollback is wanted; it begins (`rollbackBegan`) as soon as the task that still runs is reported as ended. */
  z.strictObject({
    type: z.literal("rollbackOrdered"),
    cause: z.enum(["ordered", "stepFailed", "gate", "trigger"]),
    detail: z.string().max(2000),
    by: UserId.optional(),
  }),
  z.strictObject({
    type: z.literal("rollbackBegan"),
    cause: z.enum(["ordered", "stepFailed", "gate", "trigger"]),
    detail: z.string().max(2000),
    steps: z.array(StepId),
    by: UserId.optional(),
  }),
  z.strictObject({ type: z.literal("rollbackReasonGiven"), reason, by: UserId }),
  z.strictObject({
    type: z.literal("runEnded"),
    outcome: Outcome,
    reason: z.string().max(2000).optional(),
    by: UserId.optional(),
  }),
  z.strictObject({
    type: z.literal("completionSigned"),
    by: UserId,
    allVerified: z.boolean(),
    inProduction: z.boolean(),
    issues: z.string().max(4000),
  }),
  z.strictObject({ type: z.literal("noteWritten"), text: z.string().max(4000), by: UserId }),
  // steps
  z.strictObject({
    type: z.literal("stepBegan"),
    stepId: StepId,
    section: StepSection,
    kind: StepKindName,
    attempt: z.int().min(1),
    by: UserId.optional(),
  }),
  z.strictObject({
    type: z.literal("taskOrdered"),
    stepId: StepId,
    taskId: TaskId,
    hostId: HostId,
    action: z.string().max(63),
    arguments: z.record(z.string(), z.unknown()),
    inspectFirst: z.boolean(),
    /** Longest time it may take, where the runbook limits it. */
    withinMs: DurationMs.optional(),
  }),
  z.strictObject({ type: z.literal("taskAccepted"), taskId: TaskId }),
  z.strictObject({ type: z.literal("taskRefused"), taskId: TaskId, failure: FailureReport }),
  z.strictObject({ type: z.literal("taskEnded"), taskId: TaskId, report: TaskReport }),
  z.strictObject({
    type: z.literal("taskCancelOrdered"),
    taskId: TaskId,
    by: UserId.optional(),
    reason: z.string().max(2000),
  }),
  /** What a task may take of its host was changed while it ran; its next attempts keep it. */
  z.strictObject({
    type: z.literal("taskThrottled"),
    stepId: StepId,
    taskId: TaskId,
    from: ThrottleSetting,
    to: ThrottleSetting,
    by: UserId,
    reason: z.string().max(2000),
  }),
  z.strictObject({
    type: z.literal("stepVerified"),
    stepId: StepId,
    attempt: z.int().min(1),
    judgements: z.array(Judgement),
  }),
  /** What a step waits for holds from now on, and has to for a while; or does not any more. */
  z.strictObject({ type: z.literal("waitHolds"), stepId: StepId, holds: z.boolean() }),
  z.strictObject({ type: z.literal("stepDone"), stepId: StepId }),
  z.strictObject({ type: z.literal("stepFailed"), stepId: StepId, failure: FailureReport, unknown: z.boolean() }),
  /** Without `by`: its `when` does not hold. */
  z.strictObject({
    type: z.literal("stepSkipped"),
    stepId: StepId,
    section: StepSection,
    kind: StepKindName,
    reason,
    by: UserId.optional(),
  }),
  z.strictObject({ type: z.literal("stepCancelled"), stepId: StepId }),
  z.strictObject({
    type: z.literal("manualConfirmed"),
    stepId: StepId,
    fields: z.record(z.string(), z.union([z.boolean(), z.number(), z.string().max(2000)])),
    by: UserId,
  }),
  z.strictObject({ type: z.literal("announcementDue"), announcementId: z.string().max(63), stepId: StepId.optional() }),
  z.strictObject({
    type: z.literal("timerSet"),
    timerId: z.string().max(120),
    firesAt: Instant,
    purpose: z.enum(["retry", "wait", "gateExpiry"]),
    stepId: StepId,
  }),
  z.strictObject({ type: z.literal("timerFired"), timerId: z.string().max(120) }),
  // triggers
  z.strictObject({ type: z.literal("triggerPending"), triggerId: z.string().max(63), value: z.string().max(400) }),
  z.strictObject({
    type: z.literal("triggerFired"),
    triggerId: z.string().max(63),
    value: z.string().max(400),
    action: z.enum(["notify", "hold", "rollback"]),
  }),
  z.strictObject({ type: z.literal("triggerResolved"), triggerId: z.string().max(63), value: z.string().max(400) }),
  ...SILENCE_EVENTS,
  /** Nothing comes of a probe any more: what watches it is blind. */
  z.strictObject({ type: z.literal("probeSilent"), probeId: z.string().max(63) }),
  z.strictObject({ type: z.literal("probeHeard"), probeId: z.string().max(63) }),
  // a host as the writer
  z.strictObject({ type: z.literal("runTakenOver"), ...takeOverShape }),
  /** The server decides again. Signed by the host over everything that it did since it took over. */
  z.strictObject({ type: z.literal("runGivenBack"), ...giveBackShape }),
  /**
   * A host was started anew. `undone`: steps whose effect is gone by that; they are carried out again before the run goes on. `unsealed`:
   * passphrases that were sealed to the key which the host kept in memory; nobody can open them any more.
   */
  z.strictObject({
    type: z.literal("hostRebooted"),
    hostId: HostId,
    undone: z.array(StepId),
    unsealed: z.array(z.string().max(63)),
  }),
  /**
   * The record was put back from a backup: what was done after `takenAt` is not on it. `unsealed`: passphrases that were sealed; a backup
   * holds none, so they are sealed again.
   */
  z.strictObject({ type: z.literal("runRestored"), takenAt: Instant, unsealed: z.array(z.string().max(63)) }),
  /** A host holds the log of this run up to an event that is not ours: what it saw was lost here. */
  z.strictObject({ type: z.literal("hostKnowsMore"), hostId: HostId, seq: z.int().min(1), hash: Digest }),
  // what was asked and not done
  z.strictObject({
    type: z.literal("orderRefused"),
    order: z.string().max(63),
    because: RefusalCode,
    detail: z.string().max(2000),
    by: UserId.optional(),
  }),
  // the outside
  z.strictObject({
    type: z.literal("downtimeMeasured"),
    lastAcceptedAt: Instant,
    firstAcceptedAt: Instant.optional(),
    downtimeMs: DurationMs.optional(),
    /** Absent: a client that writes all the time. `steps`: from the stop of the writers to their return, by the run's own tasks. */
    measuredBy: z.literal("steps").optional(),
    /** Of earlier times in the same run, where users were let back and kept out again. */
    earlierMs: DurationMs.optional(),
  }),
]);
/** One event of a run. */
export type RunEvent = z.infer<typeof RunEvent>;
/** The names of all events. */
export type RunEventType = RunEvent["type"];
/** The events of some of these names. */
export type EventOf<Type extends RunEventType> = Extract<RunEvent, { type: Type }>;

/** An event in its place in the log: the chain's sequence number (from 1), its moment, and its link. */
export const LoggedEvent = z.strictObject({
  seq: z.int().min(1),
  at: Instant,
  event: RunEvent,
  prevHash: Digest,
  hash: Digest,
});
export type LoggedEvent = z.infer<typeof LoggedEvent>;
