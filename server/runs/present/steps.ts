import { actionNamed } from "../../../domain/action/catalog.ts";
import type { Forecast } from "../../../domain/forecast/forecast.ts";
import { plannedStepMs } from "../../../domain/forecast/stepSpread.ts";
import type { TaskId } from "../../../domain/ids.ts";
import { isActive, stepOf } from "../../../domain/run/stepOf.ts";
import type { CompiledStep } from "../../../domain/runbook/compiled.ts";
import type { ThrottleSetting } from "../../../domain/throttle/setting.ts";
import { FULL } from "../../../domain/throttle/setting.ts";
import type { StepView } from "../../../protocol/http/steps.ts";
import { dataSentenceAt } from "./dataSentence.ts";
import type { Subject } from "./subject.ts";
import { presentTrouble } from "./trouble.ts";

/** Every forward step, gates too, in order, with plan, actual and forecast. */
export function presentSteps(subject: Subject, forecast: Forecast): readonly StepView[] {
  return subject.plan.steps.map((step) => presentStep(subject, forecast, step));
}

function presentStep(subject: Subject, forecast: Forecast, step: CompiledStep): StepView {
  const { state, hosts, progress } = subject;
  const run = stepOf(state, step.id);
  const task = step.work.kind === "task" ? step.work.task : undefined;
  const times = forecast.items.find((item) => item.id === step.id);
  return {
    id: step.id,
    number: step.index ?? null,
    title: step.title,
    kind: step.work.kind,
    phase: step.phase.title,
    branch: step.branch === undefined ? null : { of: step.branch.ofTitle, title: step.branch.title },
    stage: run?.stage ?? "planned",
    attempt: run?.attempt ?? 0,
    purpose: step.source.purpose ?? null,
    notes: step.source.notes ?? null,
    plannedMs: plannedStepMs(subject.plan, state, step, subject.now),
    plannedStartAt: times?.plannedStart ?? state.windowStartsAt,
    plannedEndAt: times?.plannedEnd ?? state.windowStartsAt,
    beganAt: run?.beganAt ?? null,
    endedAt: run?.endedAt ?? null,
    forecastStartAt: times?.forecastStart ?? null,
    forecastEndP50At: times?.forecastEndP50 ?? null,
    forecastEndP90At: times?.forecastEndP90 ?? null,
    taskId: run?.taskId ?? null,
    cancelOrdered: run?.taskId !== undefined && state.tasks[run.taskId]?.stage === "cancelOrdered",
    throttle: throttleOf(subject, run?.taskId),
    host: task ? (hosts.find((host) => host.role === task.host)?.name ?? task.host) : null,
    action: task?.action ?? null,
    command: commandOf(subject, run?.taskId),
    progress: (run?.taskId === undefined ? undefined : progress.get(run.taskId)) ?? null,
    judgements: (run?.judgements ?? []).map(({ title, verdict, values }) => ({ title, verdict, values })),
    failure: run?.failure ? presentTrouble(run.failure, dataSentenceAt(subject, step.id), step.source.notes) : null,
    skipReason: run?.skipReason ?? null,
    skippable: step.skippable,
    manual: step.work.kind === "manual" ? presentManual(step.work.manual) : null,
  };
}

/** How much a running task may take of its host; null where it is over, or can't be held back. */
export function throttleOf({ state }: Subject, taskId: TaskId | undefined): ThrottleSetting | null {
  const task = taskId === undefined ? undefined : state.tasks[taskId];
  if (task === undefined || !isActive(task) || actionNamed(task.action)?.canBeThrottled !== true) return null;
  return task.throttle?.setting ?? FULL;
}

/** A manual step's form. */
export function presentManual(
  manual: Extract<CompiledStep["work"], { kind: "manual" }>["manual"],
): NonNullable<StepView["manual"]> {
  return {
    instructions: manual.instructions,
    by: manual.by,
    fields: Object.entries(manual.fields).map(([name, { title, type, required }]) => ({ name, title, type, required })),
  };
}

/** The exact arguments of a task as they were ordered, as JSON text; null before it was. */
export function commandOf({ events }: Subject, taskId: string | undefined): string | null {
  const ordered = events.findLast(({ event }) => event.type === "taskOrdered" && event.taskId === taskId)?.event;
  return ordered?.type === "taskOrdered" ? JSON.stringify(ordered.arguments, null, 2) : null;
}
