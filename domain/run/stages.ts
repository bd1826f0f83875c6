import { z } from "zod";

/**
 * Where a run stands as a whole. Each stage, its way in and its way out:
 * - `preparing`: created with its window; facts are measured, checklist items attested. Out: approval is asked, or abandoned.
 * - `deciding`: the GO gate waits for its quorum. Out: quorum of GO (`ready`), a NO-GO (`preparing` or `ended`), taken back.
 * - `ready`: GO stands, nothing has been done. Out: an operator starts it; a decision is taken back or voided.
 * - `running`: steps are carried out; a gate step that waits is still `running` (the step waits, not the run). Out: a hold, a rollback, the end.
 * - `held`: nothing new begins; what runs on a host goes on to its end unless cancelled. Out: resume, retry, skip, roll back, abandon.
 * - `rollingBack`: the runbook's rollback section is carried out, for what began. Out: its end, or a hold.
 * - `ended`: nothing more happens but the sign-off.
 */
export const RunStage = z.enum(["preparing", "deciding", "ready", "running", "held", "rollingBack", "ended"]);
export type RunStage = z.infer<typeof RunStage>;

/** Every allowed move of a run. `evolve` refuses any other; docs/run-states.md is drawn from it. */
export const NEXT_STAGES = {
  preparing: ["deciding", "ended"],
  deciding: ["ready", "preparing", "ended"],
  ready: ["running", "deciding", "preparing", "ended"],
  running: ["held", "rollingBack", "ended"],
  held: ["running", "rollingBack", "ended"],
  rollingBack: ["held", "ended"],
  ended: [],
} as const satisfies Record<RunStage, readonly RunStage[]>;

/**
 * Where one step stands. `unknown`: it began, and no report says how it ended; the action inspects before it acts again. `undone`: it
 * was done, and what it brought about is gone because its host was started anew; it is carried out again before the run goes on.
 */
export const StepStage = z.enum([
  "planned",
  "running",
  "waiting",
  "done",
  "failed",
  "unknown",
  "skipped",
  "cancelled",
  "undone",
]);
export type StepStage = z.infer<typeof StepStage>;

/**
 * Every allowed move of a step. A step runs while something does its work by itself (a task, an announcement) and waits while
 * a person, a gate or a time is waited for. A retry goes back with the next attempt, and so does what a reboot has undone.
 */
export const NEXT_STEP_STAGES = {
  planned: ["running", "waiting", "skipped"],
  running: ["done", "failed", "unknown", "cancelled"],
  waiting: ["done", "failed", "skipped", "cancelled"],
  done: ["undone"],
  failed: ["running", "waiting", "skipped"],
  unknown: ["running", "skipped"],
  skipped: [],
  cancelled: ["running", "waiting", "skipped"],
  undone: ["running", "skipped"],
} as const satisfies Record<StepStage, readonly StepStage[]>;

/** Every allowed move of a measured checklist item: as a step, but what is done can be measured again, and nobody skips it. */
export const NEXT_MEASURE_STAGES = {
  planned: ["running"],
  running: ["done", "failed", "unknown", "cancelled"],
  waiting: [],
  done: ["running"],
  failed: ["running"],
  unknown: ["running"],
  skipped: [],
  cancelled: ["running"],
  undone: [],
} as const satisfies Record<StepStage, readonly StepStage[]>;

/**
 * Where a gate stands. `closed`: it asked, and the run went another way (rollback, end) before it was decided. `open` can ask
 * again: a decision that was not spent yet was taken back or voided.
 */
export const GateStage = z.enum(["ahead", "asking", "open", "refused", "closed"]);
export type GateStage = z.infer<typeof GateStage>;

/** Every allowed move of a gate. One that opens by criteria does not ask: it opens or refuses. */
export const NEXT_GATE_STAGES = {
  ahead: ["asking", "open", "refused"],
  asking: ["open", "refused", "closed"],
  open: ["asking", "refused", "closed"],
  refused: ["asking", "open", "refused"],
  closed: [],
} as const satisfies Record<GateStage, readonly GateStage[]>;

/** Which part of the runbook a step stands in. Ids are unique over all three. */
export const StepSection = z.enum(["checklist", "forward", "rollback"]);
export type StepSection = z.infer<typeof StepSection>;

/** The five kinds of step. */
export const StepKindName = z.enum(["task", "manual", "gate", "announce", "wait"]);
export type StepKindName = z.infer<typeof StepKindName>;

export const Outcome = z.enum(["completed", "rolledBack", "abandoned"]);
/** How a run ended. */
export type Outcome = z.infer<typeof Outcome>;

export const HoldCause = z.enum([
  "ordered",
  "stepFailed",
  "stepUnknown",
  "taskRefused",
  "noGo",
  "trigger",
  "rollbackFailed",
  "hostRebooted",
  "pointOfNoReturn",
  "otherHost",
  "takenOver",
  "restored",
]);
/** Why a run is held. */
export type HoldCause = z.infer<typeof HoldCause>;
