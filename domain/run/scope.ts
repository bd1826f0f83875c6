import type { Fact, FactValue } from "../fact/fact.ts";
import { isStale } from "../fact/fact.ts";
import type { StepId } from "../ids.ts";
import type { FactTree, Scope } from "../runbook/compiled.ts";
import { nestByDots } from "../runbook/nestedNames.ts";
import type { Instant } from "../time.ts";
import type { RunState } from "./state.ts";
import { isActive } from "./stepOf.ts";

/** What expressions and templates see of a run at a moment: parameters, fresh facts, what began, what is done. */
export function scopeOf(
  state: RunState,
  now: Instant,
  own: Pick<Scope, "result" | "action" | "fields" | "value" | "probe"> = {},
): Scope {
  return {
    params: state.parameters,
    facts: factTree(Object.values(state.facts), now),
    began: beganSteps(state),
    done: doneSteps(state),
    run: { id: state.runId, kind: state.kind },
    now,
    window: { starts_at: state.windowStartsAt, ends_at: state.windowEndsAt },
    ...own,
  };
}

/** Steps that may have had an effect: also those whose agent has not answered yet, never those that their host refused. */
export function beganSteps(state: RunState): ReadonlySet<StepId> {
  const began = new Set<StepId>();
  for (const step of Object.values(state.steps)) {
    const task = step.taskId === undefined ? undefined : state.tasks[step.taskId];
    if (step.mayHaveActed || (task !== undefined && isActive(task))) began.add(step.stepId);
  }
  return began;
}

/** Steps that ended as they should. */
export function doneSteps(state: RunState): ReadonlySet<StepId> {
  const done = new Set<StepId>();
  for (const step of Object.values(state.steps)) if (step.stage === "done") done.add(step.stepId);
  return done;
}

/** All facts at their last value, stale ones too: for planning and for what people see, never for a judgement. */
export function latestFactTree(state: RunState): FactTree {
  return nestByDots<FactValue | FactTree>(
    Object.values(state.facts).map((fact) => [fact.name, fact.value]),
    (level) => level,
  );
}

/** Facts nested by the dots of their names. A stale fact is left out: it counts for nothing. */
export function factTree(facts: readonly Fact[], now: Instant): FactTree {
  const fresh = facts.filter((fact) => !isStale(fact, now));
  return nestByDots<FactValue | FactTree>(
    fresh.map((fact) => [fact.name, fact.value]),
    (level) => level,
  );
}
