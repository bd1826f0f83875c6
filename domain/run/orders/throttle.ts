import { actionNamed } from "../../action/catalog.ts";
import { canonicalJson } from "../../canonicalJson.ts";
import { FULL } from "../../throttle/setting.ts";
import type { Actor } from "../actor.ts";
import { findStep } from "../findStep.ts";
import type { OrderOf } from "../intents.ts";
import { activeTaskOf } from "../stepOf.ts";
import type { Refusal, Turn } from "../turn.ts";
import { refuse } from "../turn.ts";

/**
 * Changes how much the running task of a step may take of its host. It changes nothing that was approved: what is done stays the same,
 * only its pace does. The host's owner may set a ceiling; the host then says what it carries out.
 */
export function throttleTask(turn: Turn, order: OrderOf<"throttleTask">, actor: Actor): Refusal | undefined {
  const { stepId, setting: to, reason } = order;
  if (findStep(turn.plan, stepId) === undefined) return refuse("unknownStep", stepId);
  if (turn.state.stage === "ended") return refuse("wrongStage");
  const task = activeTaskOf(turn.state, stepId);
  if (task === undefined || task.stage === "cancelOrdered") return refuse("nothingToThrottle");
  if (actionNamed(task.action)?.canBeThrottled !== true)
    return refuse("nothingToThrottle", `${task.action} is over too soon for it.`);
  const from = task.throttle?.setting ?? FULL;
  if (canonicalJson(from) === canonicalJson(to)) return refuse("alreadyOrdered");
  turn.emit({ type: "taskThrottled", stepId, taskId: task.taskId, from, to, by: actor.userId, reason });
  return undefined;
}
