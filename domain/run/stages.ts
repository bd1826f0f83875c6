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

/** Where one step stands. `unknown`: it began, and no report says how it ended; the action inspects before it acts again. */
export const StepStage = z.enum(["planned", "running", "waiting", "done", "failed", "unknown", "skipped", "cancelled"]);
export type StepStage = z.infer<typeof StepStage>;

/** Every allowed move of a step. A retry goes back to `running` with the next attempt. */
export const NEXT_STEP_STAGES = {
  planned: ["running", "waiting", "skipped"],
  running: ["waiting", "done", "failed", "unknown", "cancelled"],
  waiting: ["done", "failed", "skipped", "cancelled"],
  done: [],
  failed: ["running", "waiting", "skipped"],
  unknown: ["running", "done", "failed", "skipped", "cancelled"],
  skipped: [],
  cancelled: ["running", "waiting", "skipped"],
} as const satisfies Record<StepStage, readonly StepStage[]>;

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
  "agentLost",
  "hostRebooted",
  "pointOfNoReturn",
]);
/** Why a run is held. */
export type HoldCause = z.infer<typeof HoldCause>;
