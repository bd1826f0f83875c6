import type { Fact, FactSource, FactValue } from "../fact/fact.ts";
import type { StepId } from "../ids.ts";
import { lossNow } from "../run/rollbackPlan.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledRunbook, CompiledStep } from "../runbook/compiled.ts";
import type { Parameters } from "../runbook/parameters.ts";
import type { Instant } from "../time.ts";
import type { AnnouncementValues, KnownValue } from "./render.ts";

/** What is known when an announcement is filled in. */
export interface AnnouncementContext {
  readonly plan: CompiledRunbook;
  readonly window: {
    readonly title: string;
    readonly service: string;
    readonly zone: string;
    readonly startsAt: Instant;
    readonly endsAt: Instant;
  };
  readonly parameters: Parameters;
  /** The run, once there is one. */
  readonly run?: RunState;
  /** When the forecast expects the end; absent while there is no forecast. */
  readonly expectedEndAt?: Instant;
  /** What a person adds by hand: what happened, what was lost, a new date. */
  readonly notes?: { readonly issue?: string; readonly lost?: string; readonly nextDate?: string };
  readonly now: Instant;
}

/** Where a fact comes from, in words. */
function sourceText(source: FactSource): string {
  switch (source.kind) {
    case "task":
      return "measured by a task";
    case "probe":
      return `measured by the probe ${source.probeId}`;
    case "person":
      return "confirmed by a person";
    default:
      return source satisfies never;
  }
}

/** The step that is on: the one that runs, waits or failed; else the last one that is done. Undefined before the first begins. */
export function currentStep(plan: CompiledRunbook, run: RunState): CompiledStep | undefined {
  const stageOf = (id: StepId): string | undefined => run.steps[id]?.stage;
  const isOn = (step: CompiledStep): boolean =>
    ["running", "waiting", "failed", "unknown"].includes(stageOf(step.id) ?? "");
  return plan.steps.find(isOn) ?? plan.steps.findLast((step) => stageOf(step.id) === "done");
}

/** What users are told of a step; a gate says what was said last before it. */
export function wordsForUsers(plan: CompiledRunbook, step: CompiledStep): string | undefined {
  const upToIt = plan.steps.slice(0, plan.steps.indexOf(step) + 1);
  return upToIt.findLast((earlier) => earlier.source.forUsers !== undefined)?.source.forUsers;
}

function runValues(run: RunState, context: AnnouncementContext): [string, KnownValue][] {
  const { now, expectedEndAt } = context;
  // An announcement that the run itself makes (done, rolled back) goes out just before its last event: its end is that moment.
  const endedAt = run.endedAt ?? now;
  const values: [string, KnownValue | undefined][] = [
    ["run.kind", { value: run.kind, source: "the run" }],
    [
      "run.loses_nothing",
      { value: lossNow(context.plan, run, now).kind === "nothing", source: "the rollback plan", at: now },
    ],
    [
      "run.started_at",
      run.startedAt === undefined ? undefined : { value: run.startedAt, source: "the run's log", at: run.startedAt },
    ],
    [
      "run.ended_at",
      run.startedAt === undefined ? undefined : { value: endedAt, source: "the run's log", at: endedAt },
    ],
    [
      "run.duration_ms",
      run.startedAt === undefined
        ? undefined
        : { value: endedAt - run.startedAt, source: "the run's log", at: endedAt },
    ],
    [
      "run.downtime_ms",
      run.downtime?.downtimeMs === undefined
        ? undefined
        : {
            value: run.downtime.downtimeMs,
            source: run.downtime.measuredBy === "steps" ? "the run's steps" : "a client that writes all the time",
          },
    ],
    [
      "run.expected_end_at",
      expectedEndAt === undefined ? undefined : { value: expectedEndAt, source: "forecast", at: now },
    ],
  ];
  return values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function stepValues(plan: CompiledRunbook, run: RunState): [string, KnownValue][] {
  const step = currentStep(plan, run);
  if (step === undefined) return [];
  const source = `step ${step.id}`;
  const number =
    step.index ??
    plan.steps.slice(0, plan.steps.indexOf(step)).findLast((earlier) => earlier.index !== undefined)?.index;
  const count = plan.steps.filter((any) => any.index !== undefined).length;
  const words = wordsForUsers(plan, step);
  return [
    ["step.title", { value: step.title, source }],
    ["step.count", { value: count, source: "the runbook" }],
    ...(number === undefined ? [] : [["step.number", { value: number, source }] satisfies [string, KnownValue]]),
    ...(words === undefined ? [] : [["step.for_users", { value: words, source }] satisfies [string, KnownValue]]),
  ];
}

const factValue = (fact: Fact): KnownValue => ({
  value: fact.value,
  source: sourceText(fact.source),
  at: fact.measuredAt,
});

/**
 * Every value that an announcement may name, with its source. Facts keep their last value, stale or not: what was measured is told
 * with its age. A note that nobody wrote is no gap; anything else that is absent is.
 */
export function announcementValues(context: AnnouncementContext): AnnouncementValues {
  const { plan, window, parameters, run, notes } = context;
  const note = (value: string | undefined): KnownValue => ({ value: value ?? null, source: "written by hand" });
  const ofWindow = (value: FactValue): KnownValue => ({ value, source: "the window" });
  return new Map<string, KnownValue>([
    ["window.title", ofWindow(window.title)],
    ["window.service", ofWindow(window.service)],
    ["window.zone", ofWindow(window.zone)],
    ["window.starts_at", ofWindow(window.startsAt)],
    ["window.ends_at", ofWindow(window.endsAt)],
    ["note.issue", note(notes?.issue)],
    ["note.lost", note(notes?.lost)],
    ["note.next_date", note(notes?.nextDate)],
    ...Object.entries(parameters).map(([name, value]): [string, KnownValue] => [
      `params.${name}`,
      { value, source: "a parameter of the window" },
    ]),
    ...Object.entries(run?.facts ?? {}).map(([name, fact]): [string, KnownValue] => [`facts.${name}`, factValue(fact)]),
    ...(run === undefined ? [] : [...runValues(run, context), ...stepValues(plan, run)]),
  ]);
}
