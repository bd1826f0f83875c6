import { delegate, takeBackDelegation } from "../delegation/delegate.ts";
import type { HostId } from "../ids.ts";
import { answerPoll, askPoll, closePoll } from "../poll/pollRoom.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import { endSilence, silenceTrigger } from "../silence/silenceTrigger.ts";
import type { Instant } from "../time.ts";
import type { Actor } from "./actor.ts";
import { mayOrder } from "./actor.ts";
import { reviewGates } from "./advance/settleGates.ts";
import { advance } from "./advance.ts";
import { clip } from "./clip.ts";
import type { RunEvent } from "./events.ts";
import type { Order, Report } from "./intents.ts";
import { askApproval } from "./orders/approval.ts";
import { abandon, hold, resume, start } from "./orders/course.ts";
import { decideGate, takeBack } from "./orders/decisions.ts";
import { confirmItem, measure, recordSecret, waive } from "./orders/preparation.ts";
import { signCompletion, writeNote } from "./orders/record.ts";
import { giveRollbackReason, rollBack } from "./orders/rollback.ts";
import { cancelTask, confirmManual, skip, tryAgain } from "./orders/steps.ts";
import { throttleTask } from "./orders/throttle.ts";
import type { RefusalCode } from "./refusals.ts";
import { hearReport } from "./reports/hearReport.ts";
import type { RunState } from "./state.ts";
import type { Refusal } from "./turn.ts";
import { refuse, Turn } from "./turn.ts";

/** What comes in: a person's order, or a report of an agent, a timer, a probe. */
export type Input = { readonly order: Order; readonly actor: Actor } | { readonly report: Report };

/**
 * What comes of it. `events` are to be appended in this order at the moment `now`, also those of a refusal (an order that was not
 * carried out is part of the record); `state` is the run with them folded in.
 */
export type Decision =
  | { readonly accepted: true; readonly events: readonly RunEvent[]; readonly state: RunState }
  | {
      readonly accepted: false;
      readonly because: RefusalCode;
      readonly detail: string;
      readonly events: readonly RunEvent[];
      readonly state: RunState;
    };

/**
 * Decides: what one order or report makes of a run, with everything that follows from it by itself, so that nothing is pending
 * between two appends. Pure: the same plan, state, input and moment always give the same events. Throws only for defects.
 *
 * @param host the host that carries the run on by itself; undefined: the server decides. Of the two only the one whose turn it is
 *   makes any event: a run never has two writers.
 */
export function decide(plan: CompiledRunbook, state: RunState, input: Input, now: Instant, host?: HostId): Decision {
  const turn = new Turn(plan, state, now, host);
  if (!isWriter(state, input, host)) return leaveAlone(input, state);
  if ("report" in input) {
    hearReport(turn, input.report);
    // What follows from giving a run back is for whoever decides then.
    if (input.report.report !== "runGivenBack") advance(turn);
    return { accepted: true, events: turn.events, state: turn.state };
  }
  const { order, actor } = input;
  // Decisions are judged on the facts of this moment before anyone acts on them. Nothing else moves ahead of the order: a step
  // that came due a second ago must not begin just before a hold is obeyed.
  reviewGates(turn);
  const refusal = mayOrder(actor, order.order) ? carryOut(turn, order, actor) : refuse("notAllowed");
  if (refusal !== undefined) {
    const detail = clip(refusal.detail, 2000);
    turn.emit({ type: "orderRefused", order: order.order, because: refusal.because, detail, by: actor.userId });
    return { accepted: false, because: refusal.because, detail, events: turn.events, state: turn.state };
  }
  advance(turn);
  return { accepted: true, events: turn.events, state: turn.state };
}

function isWriter({ takenOver }: RunState, input: Input, host: HostId | undefined): boolean {
  const takesOver = takenOver === undefined && "report" in input && input.report.report === "runTakenOver";
  return takesOver ? input.report.hostId === host : takenOver?.hostId === host;
}

/** Not even a refusal is written: the log goes on elsewhere. */
function leaveAlone(input: Input, state: RunState): Decision {
  if ("report" in input) return { accepted: true, events: [], state };
  return { accepted: false, because: "takenOver", detail: "", events: [], state };
}

function carryOut(turn: Turn, order: Order, actor: Actor): Refusal | undefined {
  switch (order.order) {
    case "measure":
      return measure(turn, order, actor);
    case "confirmItem":
      return confirmItem(turn, order, actor);
    case "waive":
      return waive(turn, order, actor);
    case "recordSecret":
      return recordSecret(turn, order, actor);
    case "askApproval":
      return askApproval(turn, actor);
    case "decide":
      return decideGate(turn, order, actor);
    case "takeBack":
      return takeBack(turn, order, actor);
    case "delegate":
      return delegate(turn, order, actor);
    case "takeBackDelegation":
      return takeBackDelegation(turn, order, actor);
    case "askPoll":
      return askPoll(turn, order, actor);
    case "answerPoll":
      return answerPoll(turn, order, actor);
    case "closePoll":
      return closePoll(turn, order, actor);
    case "silenceTrigger":
      return silenceTrigger(turn, order, actor);
    case "endSilence":
      return endSilence(turn, order, actor);
    case "start":
      return start(turn, actor);
    case "hold":
      return hold(turn, order, actor);
    case "resume":
      return resume(turn, actor);
    case "retry":
      return tryAgain(turn, order.stepId, actor, false);
    case "inspectAgain":
      return tryAgain(turn, order.stepId, actor, true);
    case "skip":
      return skip(turn, order, actor);
    case "cancelTask":
      return cancelTask(turn, order, actor);
    case "throttleTask":
      return throttleTask(turn, order, actor);
    case "confirmManual":
      return confirmManual(turn, order, actor);
    case "rollBack":
      return rollBack(turn, order, actor);
    case "giveRollbackReason":
      return giveRollbackReason(turn, order, actor);
    case "abandon":
      return abandon(turn, order, actor);
    case "signCompletion":
      return signCompletion(turn, order, actor);
    case "writeNote":
      return writeNote(turn, order, actor);
    default:
      return order satisfies never;
  }
}
