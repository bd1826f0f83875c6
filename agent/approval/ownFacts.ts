import type { Fact } from "../../domain/fact/fact.ts";
import { FactValue } from "../../domain/fact/fact.ts";
import type { Digest, HostId, StepId, TaskId } from "../../domain/ids.ts";
import { partsOfTaskId } from "../../domain/ids.ts";
import { findStep, workOf } from "../../domain/run/findStep.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import type { CompiledRunbook, Scope } from "../../domain/runbook/compiled.ts";

/** What this agent's own journal says of a task of the run. */
export interface PastTask {
  readonly taskId: TaskId;
  readonly action: string;
  /** As they were carried out: paths real. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Text, parameters and hosts by which it was just what its step says; undefined where it was something else. See ownReading.ts. */
  readonly grounds: Digest | undefined;
  /** Absent while it runs. */
  readonly report?: TaskReport;
}

/** A run as this host saw it with its own eyes. */
export interface OwnView {
  readonly facts: readonly Fact[];
  readonly began: ReadonlySet<StepId>;
  readonly done: ReadonlySet<StepId>;
}

/**
 * The facts that this host measured itself in this run: what the runbook keeps of each of its tasks' results, the newest of each
 * name. `past` are tasks that were what the text says of their steps. Facts that the server tells are not among them, whatever they say.
 */
export function ownView(
  past: readonly PastTask[],
  compiled: CompiledRunbook,
  hostId: HostId,
  scope: Omit<Scope, "facts" | "began" | "done">,
): OwnView {
  const facts = new Map<string, Fact>();
  const began = new Set<StepId>();
  const done = new Set<StepId>();
  for (const task of inOrderOfEnd(past)) {
    const { stepId } = partsOfTaskId(task.taskId);
    began.add(stepId);
    if (task.report?.outcome !== "succeeded") continue;
    done.add(stepId);
    for (const fact of factsOf(task, task.report, compiled, hostId, { ...scope, began, done, facts: {} })) {
      facts.set(fact.name, fact);
    }
  }
  return { facts: [...facts.values()], began, done };
}

const endOf = (task: PastTask) => task.report?.endedAt ?? Number.POSITIVE_INFINITY;

function inOrderOfEnd(past: readonly PastTask[]): readonly PastTask[] {
  return [...past].sort((a, b) => endOf(a) - endOf(b));
}

function factsOf(
  task: PastTask,
  report: Extract<TaskReport, { outcome: "succeeded" }>,
  compiled: CompiledRunbook,
  hostId: HostId,
  scope: Scope,
): Fact[] {
  const { taskId, action } = task;
  const step = findStep(compiled, partsOfTaskId(taskId).stepId);
  const work = step === undefined ? undefined : workOf(step);
  if (work?.kind !== "task" || work.task.action !== action) return [];
  return work.task.facts.flatMap(({ name, expr }) => {
    const value = FactValue.safeParse(compiled.expressions.value(expr, { ...scope, action, result: report.result }));
    // Never stale here: whether an old value may still be built on is judged in the decision, not in the argument.
    return value.success
      ? [{ name, value: value.data, measuredAt: report.endedAt, source: { kind: "task", taskId, hostId } as const }]
      : [];
  });
}
