import { plannedDurationMs } from "../../../domain/forecast/plannedDuration.ts";
import { formatCount, formatCounted } from "../../../domain/format/count.ts";
import { formatTimeSeconds } from "../../../domain/format/time.ts";
import type { Loss } from "../../../domain/run/rollbackPlan.ts";
import { lossLeft, rollbackPlan } from "../../../domain/run/rollbackPlan.ts";
import { latestFactTree } from "../../../domain/run/scope.ts";
import { stepOf, stepStageOf } from "../../../domain/run/stepOf.ts";
import type { RollbackView } from "../../../protocol/http/steps.ts";
import { commandOf, presentManual, throttleOf } from "./steps.ts";
import type { Subject } from "./subject.ts";
import { presentTrouble } from "./trouble.ts";

/** What a rollback would do now, how long it takes, and what it would lose. */
export function presentRollback(subject: Subject): RollbackView {
  const { plan, state, now, progress, hosts } = subject;
  const { steps, plannedMs, loss } = rollbackPlan(plan, state, now);
  const isOpen = state.stage === "running" || state.stage === "held" || state.stage === "rollingBack";
  return {
    possible: isOpen && steps.length > 0,
    steps: steps.map((step) => {
      const run = stepOf(state, step.id);
      const failure = run?.failure;
      const task = step.work.kind === "task" ? step.work.task : undefined;
      return {
        id: step.id,
        title: step.title,
        plannedMs: plannedDurationMs(step.lasts, latestFactTree(state)).ms,
        stage: stepStageOf(state, step.id),
        undoes: step.source.undoes ?? null,
        beganAt: run?.beganAt ?? null,
        endedAt: run?.endedAt ?? null,
        kind: step.work.kind,
        manual: step.work.kind === "manual" ? presentManual(step.work.manual) : null,
        cancelOrdered: run?.taskId !== undefined && state.tasks[run.taskId]?.stage === "cancelOrdered",
        throttle: throttleOf(subject, run?.taskId),
        attempt: run?.attempt ?? 0,
        host: task ? (hosts.find((host) => host.role === task.host)?.name ?? task.host) : null,
        action: task?.action ?? null,
        command: commandOf(subject, run?.taskId),
        taskId: run?.taskId ?? null,
        progress: (run?.taskId === undefined ? undefined : progress.get(run.taskId)) ?? null,
        failure: failure
          ? presentTrouble(failure, "Whole on the old side, which was not written to.", step.source.notes)
          : null,
      };
    }),
    expectedMs: plannedMs,
    ...lossText(loss, subject.window.zone),
  };
}

/** What a rollback has left behind, in one sentence; null where that is nothing. */
export function leftText({ plan, state, now, window }: Subject): string | null {
  const loss = lossLeft(plan, state, now);
  switch (loss.kind) {
    case "nothing":
      return null;
    case "something":
      return `Left behind ${amountText(loss.value)}: ${loss.title}${newestText(loss, window.zone)}.`;
    case "unknown":
      return `What was left behind is not known: ${loss.title}.`;
    default:
      return loss satisfies never;
  }
}

function lossText(loss: Loss, zone: string): Pick<RollbackView, "loses" | "losesUnknown" | "losesNothing"> {
  switch (loss.kind) {
    case "nothing":
      return { loses: null, losesUnknown: null, losesNothing: true };
    case "something":
      return {
        loses: `Loses ${amountText(loss.value)}: ${loss.title}${newestText(loss, zone)}.`,
        ...{ losesUnknown: null, losesNothing: false },
      };
    case "unknown":
      return { loses: null, losesUnknown: `What it would lose is not known now: ${loss.title}.`, losesNothing: false };
    default:
      return loss satisfies never;
  }
}

const newestText = ({ newestAt }: Extract<Loss, { kind: "something" }>, zone: string): string =>
  newestAt === undefined ? "" : `, the newest written at ${formatTimeSeconds(newestAt, zone)}`;

function amountText(value: unknown): string {
  if (typeof value === "number") return formatCounted(value, "row");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .filter(([, count]) => count !== 0)
      .map(([table, count]) => `${typeof count === "number" ? formatCount(count) : String(count)} ${table}`)
      .join(", ");
  }
  return String(value);
}
