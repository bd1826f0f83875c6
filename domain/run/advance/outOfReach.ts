import type { AnyStep } from "../findStep.ts";
import { workOf } from "../findStep.ts";
import type { Turn } from "../turn.ts";
import { holdRun } from "./holdRun.ts";

/** Whether a step needs another host than the one that carries the run on by itself. The server reaches all of them. */
export function isOutOfReach({ host, state }: Turn, step: AnyStep): boolean {
  const work = workOf(step);
  return host !== undefined && work.kind === "task" && state.hosts[work.task.host]?.hostId !== host;
}

/** Holds in front of a step that is out of reach; answers whether it is. */
export function holdOutOfReach(turn: Turn, step: AnyStep): boolean {
  if (!isOutOfReach(turn, step)) return false;
  const why = `${step.title} is for another host, which a run that is carried on here does not reach.`;
  holdRun(turn, "otherHost", why, step.id);
  return true;
}
