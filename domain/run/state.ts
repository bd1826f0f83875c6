import type { DecisionLife, SignedDecision, Verdict } from "../decision/statement.ts";
import type { Delegation } from "../delegation/delegations.ts";
import type { Fact } from "../fact/fact.ts";
import type { FailureReport } from "../failure.ts";
import type { Digest, GateId, HostId, HostRole, RunId, StepId, TaskId, UserId, WindowId } from "../ids.ts";
import type { PollState } from "../poll/poll.ts";
import type { Parameters } from "../runbook/parameters.ts";
import type { SilenceState } from "../silence/silences.ts";
import type { ThrottleSetting } from "../throttle/setting.ts";
import type { DurationMs, Instant } from "../time.ts";
import type { Head } from "./chain.ts";
import type { Judgement } from "./events.ts";
import type { GateStage, HoldCause, Outcome, RunStage, StepKindName, StepSection, StepStage } from "./stages.ts";
import type { TaskReport } from "./taskReport.ts";

/** One decision as the run knows it. */
export interface DecisionState {
  readonly decision: SignedDecision;
  readonly by: UserId;
  readonly verdict: Verdict;
  /** The quorum's groups that the signer was in when signing. */
  readonly groups: readonly string[];
  readonly life: DecisionLife;
  readonly signedAt: Instant;
  /** Why it is suspended, void or taken back; absent while valid or spent. */
  readonly because?: string;
}

/** A gate: not asked yet, asking since, open, refused, or closed because the run went another way before it was decided. */
export interface GateState {
  readonly gateId: GateId;
  readonly stage: GateStage;
  /** How it was refused the last time; absent unless `refused`. */
  readonly refusedBy?: "noGo" | "criteria" | "expired";
  /** How it was opened; absent unless `open`. */
  readonly openedBy?: "quorum" | "criteria";
  /** The step that began behind it: from then on its decisions are spent and nothing voids them. */
  readonly spentOn?: StepId;
  readonly askedAt?: Instant;
  readonly expiresAt?: Instant;
  /** How often it was reminded of since it asks, and when the last time. */
  readonly reminders?: { readonly count: number; readonly at: Instant };
  readonly decidedAt?: Instant;
  readonly decisions: readonly DecisionState[];
  readonly judgements: readonly Judgement[];
}

/** One task: ordered, accepted by its agent, ended or refused. */
export interface TaskState {
  readonly taskId: TaskId;
  readonly stepId: StepId;
  readonly hostId: HostId;
  readonly action: string;
  readonly stage: "ordered" | "accepted" | "cancelOrdered" | "ended" | "refused";
  readonly orderedAt: Instant;
  readonly report?: TaskReport;
  /** How much it may take of its host, by the number of the event that said so; absent: all it can get. */
  readonly throttle?: { readonly setting: ThrottleSetting; readonly seq: number };
}

/** One step of the run, a rollback step, or a measured checklist item. */
export interface StepState {
  readonly stepId: StepId;
  readonly section: StepSection;
  readonly kind: StepKindName;
  readonly stage: StepStage;
  /** Attempts begun; 0 while planned. */
  readonly attempt: number;
  readonly beganAt?: Instant;
  readonly endedAt?: Instant;
  readonly taskId?: TaskId;
  /** True once an effect is possible: its host accepted or ended a task, or a person was asked to act. `began("…")` asks for this. */
  readonly mayHaveActed: boolean;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly failure?: FailureReport;
  readonly judgements: readonly Judgement[];
  readonly skipReason?: string;
  readonly fields?: Readonly<Record<string, boolean | number | string>>;
  /** Since when that holds which it waits for; absent while it does not. */
  readonly holdsSince?: Instant;
  /** When a retry or wait of this attempt is due. */
  readonly dueAt?: Instant;
}

/** A trigger: quiet, pending since (its condition holds, `for` has not passed), or fired. */
export interface TriggerState {
  readonly triggerId: string;
  readonly stage: "quiet" | "pending" | "fired";
  readonly since?: Instant;
  readonly value?: string;
}

/** The whole of a run, folded from its events by `evolve`. */
export interface RunState {
  readonly runId: RunId;
  readonly windowId: WindowId;
  readonly kind: "live" | "rehearsal";
  readonly runbookDigest: Digest;
  readonly executableDigest: Digest;
  readonly parameters: Parameters;
  readonly hosts: Readonly<Record<HostRole, { hostId: HostId; keyFingerprint: Digest }>>;
  readonly windowStartsAt: Instant;
  readonly windowEndsAt: Instant;
  /** Who created the window, last edited it or its runbook, or started the run: they never decide. */
  readonly requesters: readonly UserId[];
  readonly stage: RunStage;
  readonly createdAt: Instant;
  readonly startedAt?: Instant;
  readonly startedBy?: UserId;
  readonly endedAt?: Instant;
  readonly outcome?: Outcome;
  readonly endReason?: string;
  /** Present while held, and only then. */
  readonly hold?: {
    readonly cause: HoldCause;
    readonly detail: string;
    readonly since: Instant;
    /** Number of the event that held it. */
    readonly seq: number;
    readonly during: "forward" | "rollback";
    readonly stepId?: StepId;
    readonly by?: UserId;
  };
  /** Present while a rollback is wanted and a task of a forward step is still being cancelled. */
  readonly rollbackOrdered?: {
    readonly at: Instant;
    readonly cause: "ordered" | "stepFailed" | "gate" | "trigger";
    readonly detail: string;
    readonly by?: UserId;
  };
  /** When the run was held for crossing its point of no return: it asks once. */
  readonly pointOfNoReturnAskedAt?: Instant;
  /** Present from the moment a rollback begins. */
  readonly rollback?: {
    readonly beganAt: Instant;
    readonly cause: "ordered" | "stepFailed" | "gate" | "trigger";
    readonly detail: string;
    readonly steps: readonly StepId[];
    readonly reason?: string;
    readonly by?: UserId;
  };
  /** Steps, rollback steps and measured items that have begun or were skipped; what is absent is planned. */
  readonly steps: Readonly<Record<StepId, StepState>>;
  /** The newest task of each step; earlier attempts are in the log. */
  readonly tasks: Readonly<Record<TaskId, TaskState>>;
  readonly gates: Readonly<Record<GateId, GateState>>;
  /** By who is away: whom they named to decide in their place. */
  readonly delegations: Readonly<Record<UserId, Delegation>>;
  /** The newest poll about each gate. */
  readonly polls: Readonly<Record<GateId, PollState>>;
  /** The newest fact of each name. */
  readonly facts: Readonly<Record<string, Fact>>;
  /** Hosts whose clock is further off the server's than it may be, with how far (ms; positive: ahead). */
  readonly clocksOff: Readonly<Record<HostId, number>>;
  readonly confirmed: Readonly<
    Record<
      StepId,
      { readonly value: boolean | number | string; readonly reason: string; readonly by: UserId; readonly at: Instant }
    >
  >;
  readonly waivers: Readonly<Record<string, { readonly reason: string; readonly by: UserId; readonly at: Instant }>>;
  readonly secrets: Readonly<
    Record<
      string,
      { readonly holder: UserId; readonly place: string; readonly recipient: string; readonly sealedAt: Instant }
    >
  >;
  /** Passphrases that were sealed until a restart of their host took the key away: who holds them, where. Sealed again, they stand in `secrets`. */
  readonly unsealed: Readonly<Record<string, { readonly holder: UserId; readonly place: string }>>;
  readonly triggers: Readonly<Record<string, TriggerState>>;
  /** By trigger: what was signed towards silencing it, and the silence in force. */
  readonly silences: Readonly<Record<string, SilenceState>>;
  /** Probes of which nothing comes, since when. */
  readonly silent: Readonly<Record<string, Instant>>;
  readonly announced: readonly { readonly announcementId: string; readonly at: Instant; readonly stepId?: StepId }[];
  readonly timers: Readonly<
    Record<
      string,
      { readonly firesAt: Instant; readonly purpose: "retry" | "wait" | "gateExpiry"; readonly stepId: StepId }
    >
  >;
  readonly downtime?: {
    readonly lastAcceptedAt: Instant;
    readonly firstAcceptedAt?: Instant;
    readonly downtimeMs?: DurationMs;
    readonly measuredBy?: "steps";
    readonly earlierMs?: DurationMs;
  };
  readonly completion?: {
    readonly by: UserId;
    readonly at: Instant;
    readonly allVerified: boolean;
    readonly inProduction: boolean;
    readonly issues: string;
  };
  readonly notes: readonly { readonly text: string; readonly by: UserId; readonly at: Instant }[];
  /** Present while a host carries the run on by itself: only what it decides is written. */
  readonly takenOver?: {
    readonly hostId: HostId;
    readonly by: UserId;
    readonly at: Instant;
    /** The event it stands on. */
    readonly from: Head;
    readonly signature: string;
    /** Events since, the taking over among them. */
    readonly events: number;
  };
  /** Signatures of all takings over, so that none is taken twice. */
  readonly takeovers: readonly string[];
  /** Spent nonces: a statement decides once. */
  readonly nonces: readonly string[];
  /** Sequence number of the last event folded in. */
  readonly seq: number;
  readonly lastEventAt: Instant;
}
