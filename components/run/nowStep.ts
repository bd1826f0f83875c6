import { formatPercent } from "../../domain/format/percent.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import type { StepView, TroubleView } from "../../protocol/http/steps.ts";

/** A step of either direction, as the card of the current step shows it. */
export interface NowStep {
  readonly id: string;
  readonly section: "forward" | "rollback";
  readonly kind: StepView["kind"];
  readonly title: string;
  /** Which one of how many it is: steps forward by their number, steps back by their place. Null for a gate. */
  readonly place: { readonly nth: number; readonly of: number } | null;
  readonly stage: StepView["stage"];
  readonly attempt: number;
  readonly purpose: string | null;
  readonly host: string | null;
  readonly action: string | null;
  readonly command: string | null;
  readonly taskId: string | null;
  readonly cancelOrdered: boolean;
  readonly throttle: StepView["throttle"];
  readonly plannedMs: number;
  readonly beganAt: number | null;
  readonly endedAt: number | null;
  readonly endP50At: number | null;
  readonly endP90At: number | null;
  readonly progress: StepView["progress"];
  readonly judgements: StepView["judgements"];
  readonly failure: TroubleView | null;
  readonly manual: StepView["manual"];
  readonly skippable: boolean;
}

/** How a step is called in a sentence or on a button: "step 11", "step 2 of the rollback", or its title where it has no number. */
export function nameOfStep(step: NowStep): string {
  if (step.place === null) return step.title;
  return step.section === "rollback" ? `step ${step.place.nth} of the rollback` : `step ${step.place.nth}`;
}

/** The step that the page is about: what runs, waits or failed, else the next one. Undefined before the start and at the end. */
export function currentStep(run: RunView): NowStep | undefined {
  return run.currentStepId === null ? undefined : stepById(run, run.currentStepId);
}

/** Steps that are on now: more than one where branches go on beside each other. In the order of the text. */
export function liveSteps(run: RunView): readonly StepView[] {
  return run.steps.filter(({ stage, kind }) => kind !== "gate" && LIVE.includes(stage));
}

const LIVE: readonly StepView["stage"][] = ["running", "waiting", "failed", "unknown", "cancelled"];

/** A step of either direction by its id. */
export function stepById(run: RunView, id: string): NowStep | undefined {
  const forward = run.steps.find((step) => step.id === id);
  if (forward) return forwardStep(run, forward);
  const nth = run.rollback.steps.findIndex((step) => step.id === id);
  const back = run.rollback.steps[nth];
  return back && rollbackStep(run, back, nth + 1);
}

/** How far the step that runs is, "61 %"; undefined where nothing runs or it does not know how much there is. */
export function currentPercent(run: RunView): string | undefined {
  const step = currentStep(run);
  const progress = step?.stage === "running" ? step.progress?.progress : undefined;
  return progress?.total ? formatPercent(progress.done / progress.total) : undefined;
}

/** How many numbered steps the way forward has. */
export function countSteps(run: RunView): number {
  return run.steps.reduce((most, step) => Math.max(most, step.number ?? 0), 0);
}

function forwardStep(run: RunView, step: StepView): NowStep {
  const { forecastEndP50At, forecastEndP90At, number, ...rest } = step;
  return {
    ...rest,
    section: "forward",
    place: number === null ? null : { nth: number, of: countSteps(run) },
    endP50At: forecastEndP50At,
    endP90At: forecastEndP90At,
  };
}

function rollbackStep(run: RunView, step: RunView["rollback"]["steps"][number], nth: number): NowStep {
  return {
    ...step,
    section: "rollback",
    place: { nth, of: run.rollback.steps.length },
    purpose: step.undoes === null ? null : `Undoes: ${step.undoes}`,
    endP50At: null,
    endP90At: null,
    judgements: [],
    // Whoever goes back may leave any of its steps out, with a reason.
    skippable: true,
  };
}
