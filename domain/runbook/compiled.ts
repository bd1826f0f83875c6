import type { ActionClass } from "../action/defineAction.ts";
import type { FactName, FactValue } from "../fact/fact.ts";
import type { FailureReport } from "../failure.ts";
import type { Digest, GateId, HostRole, RunId, StepId } from "../ids.ts";
import type { Judgement } from "../run/events.ts";
import type { DurationMs, Instant } from "../time.ts";
import type { Parameters } from "./parameters.ts";
import type {
  Argument,
  BranchFailure,
  ChecklistItem,
  GateSpec,
  ManualSpec,
  PlannedDuration,
  Probe,
  RollbackStep,
  Runbook,
  Step,
  Trigger,
  Verification,
  WaitSpec,
} from "./schema.ts";

/**
 * The plan that `decide` carries out: a runbook that was parsed and checked, flattened into ordered lists, durations read,
 * action classes looked up. Types only; `plan.ts` makes one.
 */

/** Facts as expressions see them: fresh values only, nested by the dots of their names (`{ db: { size_bytes: 1 } }`). */
export interface FactTree {
  readonly [word: string]: FactValue | FactTree;
}

/** What a trigger sees of its probe. The last four are there where the probe says `over`, and stand for that time. */
export interface ProbeScope {
  readonly ok?: boolean;
  readonly value?: number;
  readonly consecutive_failures?: number;
  /** How many samples in a row have not come; 0 while they come. */
  readonly missed: number;
  readonly count?: number;
  /** 0 to 1. */
  readonly failed_share?: number;
  readonly increase?: number;
  readonly usual?: number;
}

/** Everything an expression or template may name. A name that is absent makes a judgement `unknown`, never `fail`. */
export interface Scope {
  readonly params: Parameters;
  readonly facts: FactTree;
  /** The result of the step's own task: in `verify` and in the task's `facts`. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** The action whose result that is: its schema types the fields. Set whenever `result` is. */
  readonly action?: string;
  /** The fields of a manual step as the person filled them in; in a field's `expect`, `value` is that field. */
  readonly fields?: Readonly<Record<string, boolean | number | string>>;
  readonly value?: boolean | number | string;
  /** A probe's newest sample, in triggers; or only how many in a row have not come. */
  readonly probe?: ProbeScope;
  /** Steps that have begun (an effect is possible) and steps that are done: `began("copy")`, `done("copy")`. */
  readonly began: ReadonlySet<StepId>;
  readonly done: ReadonlySet<StepId>;
  readonly run: { readonly id: RunId; readonly kind: "live" | "rehearsal" };
  /** Milliseconds since the epoch. */
  readonly now: Instant;
  readonly window: { readonly starts_at: Instant; readonly ends_at: Instant };
}

/** The evaluator of a runbook's expressions (CEL) and templates (Liquid). Pure; never throws for what a runbook says. */
export interface Expressions {
  /**
   * Judges an expression: true is `pass`, false is `fail`, everything else (a name absent, an error, no boolean) is `unknown`.
   * `values` holds what the expression named, by dotted name (`facts.db.size_bytes`), `null` where it was absent.
   */
  judge(id: string, title: string, expr: string, scope: Scope): Judgement;
  /** The plain JSON value of an expression (integers as numbers, durations and instants in ms); undefined when unknown. */
  value(expr: string, scope: Scope): unknown;
  /** Arguments of a task with their templates and expressions filled in; a failure (`argumentsInvalid`) when one can't be. */
  renderArguments(
    args: Readonly<Record<string, Argument>>,
    scope: Scope,
  ):
    | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
    | { readonly ok: false; readonly failure: FailureReport };
  /** The facts that an expression names. */
  factsNamed(expr: string): readonly FactName[];
}

/** One order to an agent, durations read and the class of its action looked up. */
export interface CompiledTask {
  readonly action: string;
  readonly class: ActionClass;
  readonly host: HostRole;
  readonly with: Readonly<Record<string, Argument>>;
  /** Facts kept of the result: name, CEL over `result`, and how long each stays fresh (absent: it does not age). */
  readonly facts: readonly { readonly name: FactName; readonly expr: string; readonly freshForMs?: DurationMs }[];
  readonly withinMs?: DurationMs;
}

/** What a step does: exactly one of the five kinds. */
export type StepWork =
  | { readonly kind: "task"; readonly task: CompiledTask }
  | { readonly kind: "manual"; readonly manual: ManualSpec }
  | { readonly kind: "gate"; readonly gate: CompiledGate }
  | { readonly kind: "announce"; readonly announcementId: string }
  | { readonly kind: "wait"; readonly wait: WaitSpec };

export interface CompiledRetry {
  /** How many further attempts are made by themselves. */
  readonly times: number;
  readonly pauseMs: DurationMs;
  readonly factor: number;
}

/** A gate with its id and its expiry read. */
export interface CompiledGate {
  readonly gateId: GateId;
  readonly spec: GateSpec;
  readonly expiresMs?: DurationMs;
}

interface CompiledBase {
  readonly id: StepId;
  readonly title: string;
  readonly lasts: PlannedDuration;
  readonly when?: string;
  readonly verify: readonly Verification[];
  readonly retry?: CompiledRetry;
  /** Present: done again when its host was started anew, until the step `againUntil` is done, or always. */
  readonly afterReboot?: { readonly againUntil?: StepId };
}

/** A forward step. */
export interface CompiledStep extends CompiledBase {
  readonly section: "forward";
  readonly phase: { readonly id: string; readonly title: string };
  /** Number on screen: 1-based among the steps that are no gates; absent for a gate. */
  readonly index?: number;
  readonly work: StepWork;
  readonly needs: readonly StepId[];
  readonly onFailure: "hold" | "rollback" | "continue";
  readonly skippable: boolean;
  /** Present where it stands beside others. */
  readonly branch?: BranchOfStep;
  readonly source: Step;
}

/** The branch that a step belongs to. */
export interface BranchOfStep {
  /** What branches: its id in the runbook. */
  readonly of: string;
  readonly ofTitle: string;
  /** Counts the branches from 1. */
  readonly number: number;
  readonly title: string;
  readonly onFailure: BranchFailure;
}

/** A rollback step; `when` says which effect it undoes. */
export interface CompiledRollbackStep extends CompiledBase {
  readonly section: "rollback";
  readonly index: number;
  readonly when: string;
  readonly work: StepWork;
  readonly onFailure: "hold" | "continue";
  readonly source: RollbackStep;
}

/** A checklist item that an agent measures: carried out like a step, before and until the run starts. */
export interface CompiledMeasure {
  readonly section: "checklist";
  readonly id: StepId;
  readonly title: string;
  readonly task: CompiledTask;
  readonly source: ChecklistItem;
}

/** A trigger with its durations read. */
export interface CompiledTrigger {
  readonly id: string;
  readonly forMs: DurationMs;
  /** The steps of the phases that it is armed in; absent where the runbook names none. */
  readonly during?: readonly StepId[];
  readonly source: Trigger;
}

/** A probe with its durations read. */
export interface CompiledProbe extends Probe {
  readonly everyMs: DurationMs;
  readonly overMs?: DurationMs;
}

/** SHA-256 digests of a runbook: see decision/digests.ts for what each covers. */
export interface RunbookDigests {
  /** Of the text as written: the identity of this version. */
  readonly whole: Digest;
  /** Of what is executed: what decisions bind. */
  readonly executable: Digest;
  readonly rollback: Digest;
  readonly announcements: Digest;
}

export interface CompiledRunbook {
  readonly text: string;
  readonly digests: RunbookDigests;
  readonly runbook: Runbook;
  /** Forward steps in the order of the text. They are carried out one after another, those of branches beside each other: see branches.ts. */
  readonly steps: readonly CompiledStep[];
  readonly rollbackSteps: readonly CompiledRollbackStep[];
  readonly measures: readonly CompiledMeasure[];
  /** The approval gate (`go`) first, then each gate step's. */
  readonly gates: readonly CompiledGate[];
  readonly triggers: readonly CompiledTrigger[];
  readonly probes: Readonly<Record<string, CompiledProbe>>;
  readonly freshForMs: Readonly<Record<FactName, DurationMs>>;
  readonly objective: { readonly rollbackWithinMs: DurationMs; readonly safetyMarginMs: DurationMs };
  readonly expressions: Expressions;
}
