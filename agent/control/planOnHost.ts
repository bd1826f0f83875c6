import type { ActionClass } from "../../domain/action/defineAction.ts";
import { Failure } from "../../domain/failure.ts";
import type { HostRole } from "../../domain/ids.ts";
import { RunId } from "../../domain/ids.ts";
import type { AnyStep } from "../../domain/run/findStep.ts";
import { workOf } from "../../domain/run/findStep.ts";
import type { CompiledRunbook, CompiledTask } from "../../domain/runbook/compiled.ts";
import type { Parameters } from "../../domain/runbook/parameters.ts";
import type { Instant } from "../../domain/time.ts";
import type { ActionRegistry, PlannedCall } from "../actions/action.ts";
import type { AgentConfig } from "../config.ts";
import type { Ground } from "../policy/checkRole.ts";
import { checkTask } from "../policy/checkTask.ts";

/** One task of a runbook, as this host would carry it out. */
export interface PlannedTask {
  readonly id: string;
  readonly title: string;
  readonly section: AnyStep["section"];
  readonly action: string;
  readonly class: ActionClass;
  readonly would:
    | { readonly kind: "run"; readonly calls: readonly PlannedCall[] }
    /** An argument rests on something that is measured in the run. */
    | { readonly kind: "waits"; readonly because: string }
    | { readonly kind: "refuse"; readonly because: string };
}

/** What of this host a plan needs to know. */
export interface PlanningHost {
  readonly actions: ActionRegistry;
  readonly config: AgentConfig;
  readonly ground: Ground;
  readonly now: Instant;
}

/** No run: only its number is a word in expressions, and this one is nobody's. */
const NO_RUN = RunId.parse("00000000-0000-4000-8000-000000000000");

/** Every task of the runbook for that role, in order, with exactly what would run here. Runs nothing and asks nobody. */
export async function planOnHost(
  runbook: CompiledRunbook,
  role: HostRole,
  parameters: Parameters,
  host: PlanningHost,
): Promise<readonly PlannedTask[]> {
  const planned: PlannedTask[] = [];
  for (const step of [...runbook.measures, ...runbook.steps, ...runbook.rollbackSteps]) {
    const work = workOf(step);
    if (work.kind !== "task" || work.task.host !== role) continue;
    const { id, title, section } = step;
    const { action, class: actionClass } = work.task;
    const would = await whatWouldRun(work.task, runbook, parameters, host);
    planned.push({ id, title, section, action, class: actionClass, would });
  }
  return planned;
}

async function whatWouldRun(
  task: CompiledTask,
  { expressions }: CompiledRunbook,
  params: Parameters,
  { actions, config, ground, now }: PlanningHost,
): Promise<PlannedTask["would"]> {
  const nothing: ReadonlySet<never> = new Set<never>();
  const rendered = expressions.renderArguments(task.with, {
    ...{ params, facts: {}, began: nothing, done: nothing, now },
    run: { id: NO_RUN, kind: "live" },
    window: { starts_at: now, ends_at: now },
  });
  if (!rendered.ok) return { kind: "waits", because: rendered.failure.message };
  try {
    const { args } = checkTask(actions, { action: task.action, arguments: rendered.value }, config, ground);
    return { kind: "run", calls: (await actions.get(task.action)?.plan(args)) ?? [] };
  } catch (error) {
    if (error instanceof Failure) return { kind: "refuse", because: error.message };
    throw error;
  }
}
