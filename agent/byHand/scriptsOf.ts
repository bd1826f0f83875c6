import type { AnyStep } from "../../domain/run/findStep.ts";
import { workOf } from "../../domain/run/findStep.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import type { Script } from "./scriptText.ts";
import type { TaskByHand } from "./taskByHand.ts";

/** Every step of a runbook in the order of carrying out: measured items, forward steps, rollback. */
export const everyStep = ({ measures, steps, rollbackSteps }: CompiledRunbook): readonly AnyStep[] => [
  ...measures,
  ...steps,
  ...rollbackSteps,
];

/** The named scripts of the runbook, and one script for each other task, whose number is its place among all tasks. */
export function scriptsOf(compiled: CompiledRunbook, tasks: readonly TaskByHand[]): readonly Script[] {
  const all = everyStep(compiled).filter((step) => workOf(step).kind === "task");
  const width = Math.max(2, String(all.length).length);
  const byId = new Map(tasks.map((task) => [String(task.step.id), task]));
  const named = Object.entries(compiled.runbook.scripts).map(([name, ids]) => ({
    fileName: `${name}.sh`,
    tasks: ids.flatMap((id) => byId.get(id) ?? []),
  }));
  const placed = new Set<string>(Object.values(compiled.runbook.scripts).flat());
  const alone = all.flatMap(({ id }, i): Script[] => {
    const task = placed.has(id) ? undefined : byId.get(id);
    return task === undefined ? [] : [{ fileName: `${String(i + 1).padStart(width, "0")}-${id}.sh`, tasks: [task] }];
  });
  // A name of which nothing is left here (its tasks are another host's, or are not carried out) is no script.
  return [...named.filter((script) => script.tasks.length > 0), ...alone];
}
