import type { Fact } from "../../fact/fact.ts";
import { FactValue } from "../../fact/fact.ts";
import type { CompiledTask } from "../../runbook/compiled.ts";
import type { Verification } from "../../runbook/schema.ts";
import type { Instant } from "../../time.ts";
import { later } from "../../time.ts";
import { clip } from "../clip.ts";
import type { Judgement } from "../events.ts";
import type { AnyStep } from "../findStep.ts";
import { workOf } from "../findStep.ts";
import { scopeOf } from "../scope.ts";
import type { TaskState } from "../state.ts";
import type { TaskReport } from "../taskReport.ts";
import type { Turn } from "../turn.ts";
import { failureOf } from "./failures.ts";

/** Ends a step after its task's end was recorded: as failed, cancelled or unknown, or by judging what it brought. */
export function concludeTask(turn: Turn, step: AnyStep, task: TaskState, report: TaskReport): void {
  const stepId = step.id;
  switch (report.outcome) {
    case "succeeded": {
      const work = workOf(step);
      if (work.kind === "task") emitFacts(turn, factsOfResult(turn, work.task, task, report));
      concludeStep(turn, step);
      return;
    }
    case "failed":
      turn.emit({ type: "stepFailed", stepId, failure: report.failure, unknown: false });
      return;
    case "unknown":
      turn.emit({ type: "stepFailed", stepId, failure: report.failure, unknown: true });
      return;
    case "cancelled":
      turn.emit({ type: "stepCancelled", stepId });
      return;
    default:
      throw new TypeError("not in the list", { cause: report satisfies never });
  }
}

/** Judges a step's verifications, in their order, and ends it: done when all pass. What can't be judged has not passed. */
export function concludeStep(turn: Turn, step: AnyStep): void {
  const verify: readonly Verification[] = step.section === "checklist" ? [] : step.verify;
  const now = turn.state.steps[step.id];
  if (verify.length > 0 && now !== undefined) {
    const work = workOf(step);
    const scope = scopeOf(turn.state, turn.now, {
      ...(now.result === undefined ? {} : { result: now.result }),
      ...(now.result === undefined || work.kind !== "task" ? {} : { action: work.task.action }),
      ...(now.fields === undefined ? {} : { fields: now.fields }),
    });
    const judgements = verify.map(({ title, expr }, index) =>
      turn.plan.expressions.judge(`verify-${index + 1}`, clip(title ?? expr, 400), expr, scope),
    );
    turn.emit({ type: "stepVerified", stepId: step.id, attempt: now.attempt, judgements });
    const notPassed = judgements.filter(({ verdict }) => verdict !== "pass");
    if (notPassed.length > 0) {
      turn.emit({ type: "stepFailed", stepId: step.id, failure: notAsExpected(notPassed), unknown: false });
      return;
    }
  }
  turn.emit({ type: "stepDone", stepId: step.id });
}

function notAsExpected(notPassed: readonly Judgement[]): ReturnType<typeof failureOf> {
  const titles = notPassed.map(({ title, verdict }) => (verdict === "unknown" ? `${title} (not known)` : title));
  const values = notPassed.map((judged) => `${judged.title}: ${JSON.stringify(judged.values)}`);
  return failureOf("expectationFailed", `Not as expected: ${titles.join("; ")}.`, values.join("\n"));
}

/** The facts that a task's `facts:` keep of its result. Those that the result does not give stay unmeasured. */
function factsOfResult(
  turn: Turn,
  spec: CompiledTask,
  task: TaskState,
  report: Extract<TaskReport, { outcome: "succeeded" }>,
): readonly Fact[] {
  const scope = scopeOf(turn.state, turn.now, { result: report.result, action: spec.action });
  // A host's clock may be ahead: a fact from the future would stay fresh for too long.
  const measuredAt: Instant = report.endedAt < turn.now ? report.endedAt : turn.now;
  return spec.facts.flatMap(({ name, expr, freshForMs }): Fact[] => {
    const value = FactValue.safeParse(turn.plan.expressions.value(expr, scope));
    if (!value.success) return [];
    return [
      {
        name,
        value: value.data,
        measuredAt,
        ...(freshForMs === undefined ? {} : { staleAt: later(measuredAt, freshForMs) }),
        source: { kind: "task", taskId: task.taskId, hostId: task.hostId },
      },
    ];
  });
}

const MOST_FACTS = 500;

/** Records facts, where there are any. */
export function emitFacts(turn: Turn, facts: readonly Fact[]): void {
  for (let first = 0; first < facts.length; first += MOST_FACTS) {
    turn.emit({ type: "factsMeasured", facts: facts.slice(first, first + MOST_FACTS) });
  }
}
