import { actionNamed } from "../action/catalog.ts";
import { secretsOf } from "../action/defineAction.ts";
import type { StepId } from "../ids.ts";
import type { CompiledTask } from "../runbook/compiled.ts";
import { scopeOf } from "./scope.ts";
import { stepStageOf } from "./stepOf.ts";
import type { Turn } from "./turn.ts";

/**
 * Titles of the passphrases that steps ahead open, and that are not sealed now: a restart of their host took the key away.
 *
 * @param skipped a step that is about to be left out, and opens nothing any more
 */
export function unsealedAhead(turn: Turn, skipped?: StepId): readonly string[] {
  const { plan, state } = turn;
  const ahead = plan.steps.filter((step) => {
    const stage = stepStageOf(state, step.id);
    return stage !== "done" && stage !== "skipped" && step.id !== skipped;
  });
  const opened = new Set(ahead.flatMap(({ work }) => (work.kind === "task" ? secretsIn(turn, work.task) : [])));
  return Object.entries(plan.runbook.secrets)
    .filter(([name]) => opened.has(name) && state.secrets[name] === undefined)
    .map(([, { title }]) => title);
}

function secretsIn({ plan, state, now }: Turn, task: CompiledTask): readonly string[] {
  const spec = actionNamed(task.action);
  if (spec === undefined) return [];
  // Arguments that can't be given yet name a secret as it stands in the text, if they name one.
  const rendered = plan.expressions.renderArguments(task.with, scopeOf(state, now));
  return secretsOf(spec, rendered.ok ? rendered.value : task.with);
}
