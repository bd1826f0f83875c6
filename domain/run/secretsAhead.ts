import { actionNamed } from "../action/catalog.ts";
import { secretsOf } from "../action/defineAction.ts";
import type { StepId } from "../ids.ts";
import type { CompiledTask } from "../runbook/compiled.ts";
import { scopeOf } from "./scope.ts";
import { stepStageOf } from "./stepOf.ts";
import type { Turn } from "./turn.ts";

/** What the answer is found in: a turn, or a run as it stands. */
type Standing = Pick<Turn, "plan" | "state" | "now">;

/** A passphrase that has to be sealed again. */
export interface UnsealedSecret {
  readonly name: string;
  readonly title: string;
  /** Person or group that holds it. */
  readonly holder: string;
}

/**
 * The passphrases that steps ahead open, and that are not sealed now: a restart of their host took the key away.
 *
 * @param skipped a step that is about to be left out, and opens nothing any more
 */
export function unsealedAhead(turn: Standing, skipped?: StepId): readonly UnsealedSecret[] {
  const { plan, state } = turn;
  const ahead = plan.steps.filter((step) => {
    const stage = stepStageOf(state, step.id);
    return stage !== "done" && stage !== "skipped" && step.id !== skipped;
  });
  const opened = new Set(ahead.flatMap(({ work }) => (work.kind === "task" ? secretsIn(turn, work.task) : [])));
  return Object.entries(plan.runbook.secrets)
    .filter(([name]) => opened.has(name) && state.secrets[name] === undefined)
    .map(([name, { title, holder }]) => ({ name, title, holder }));
}

function secretsIn({ plan, state, now }: Standing, task: CompiledTask): readonly string[] {
  const spec = actionNamed(task.action);
  if (spec === undefined) return [];
  // Arguments that can't be given yet name a secret as it stands in the text, if they name one.
  const rendered = plan.expressions.renderArguments(task.with, scopeOf(state, now));
  return secretsOf(spec, rendered.ok ? rendered.value : task.with);
}
