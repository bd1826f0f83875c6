import type { z } from "zod";
import type { Order, OrderName } from "../../domain/run/intents.ts";
import type { Problem } from "../../protocol/http/problem.ts";
import type { RunView } from "../../protocol/http/runs.ts";

/** An order as a page gives it: ids as plain text, checked at the server's door. */
export type OrderInput = z.input<typeof Order>;

/** How an order is spoken of: on its button while it is on its way, when it is taken, when it is refused or not answered. */
export interface OrderWords {
  readonly busy: string;
  readonly ordered: string;
  readonly refused: string;
  readonly notSent: string;
}

const words = (busy: string, name: string): OrderWords => ({
  busy,
  ordered: `${name} ordered`,
  refused: `${name} refused`,
  notSent: `${name}: no answer`,
});

/** The words of every order. */
export const ORDER_WORDS = {
  measure: words("Ordering", "Measuring"),
  confirmItem: { ...words("Recording", "Answer"), ordered: "Answer recorded" },
  waive: { ...words("Recording", "Waiver"), ordered: "Waiver recorded" },
  recordSecret: { ...words("Recording", "Passphrase"), ordered: "Passphrase sealed" },
  askApproval: { ...words("Asking", "Approval"), ordered: "Approval asked" },
  decide: { ...words("Signing", "Decision"), ordered: "Decision signed" },
  takeBack: { ...words("Taking back", "Decision"), ordered: "Decision taken back", refused: "Taking back refused" },
  delegate: { ...words("Recording", "Delegation"), ordered: "Delegation recorded" },
  takeBackDelegation: {
    ...words("Taking back", "Delegation"),
    ordered: "Delegation taken back",
    refused: "Taking back refused",
  },
  askPoll: { ...words("Asking", "Poll"), ordered: "The room is asked" },
  answerPoll: { ...words("Answering", "Answer"), ordered: "Answer given" },
  closePoll: { ...words("Closing", "Poll"), ordered: "Poll closed", refused: "Closing refused" },
  silenceTrigger: { ...words("Signing", "Silence"), ordered: "Silence signed" },
  endSilence: { ...words("Ending", "Silence"), ordered: "Silence ended", refused: "Ending refused" },
  start: words("Starting", "Start"),
  hold: words("Holding", "Hold"),
  resume: words("Resuming", "Resume"),
  retry: words("Ordering", "Retry"),
  inspectAgain: words("Ordering", "Inspection"),
  skip: words("Skipping", "Skip"),
  cancelTask: words("Cancelling", "Cancel"),
  throttleTask: words("Ordering", "Speed"),
  confirmManual: { ...words("Recording", "Answer"), ordered: "Answer recorded" },
  rollBack: words("Ordering", "Rollback"),
  giveRollbackReason: { ...words("Recording", "Reason"), ordered: "Reason recorded" },
  abandon: { ...words("Abandoning", "Abandoning"), ordered: "Abandoned" },
  signCompletion: { ...words("Signing", "Completion"), ordered: "Completion signed" },
  writeNote: { ...words("Saving", "Note"), ordered: "Note saved" },
} as const satisfies Record<OrderName, OrderWords>;

/**
 * Why an order was refused, for the person who gave it: how old their page was, who was first, that nothing was done twice.
 * @param seenSeq what the page showed when the order was given
 * @param log the story of the run, read after the refusal
 */
export function refusalDetail(problem: Problem, seenSeq: number, log: RunView["log"]): string {
  const since = log.filter((line) => line.seq > seenSeq && line.type !== "orderRefused");
  const why = [problem.message, problem.todo].filter((part) => part !== undefined && part !== "").join(" ");
  const [first] = since;
  if (!first) return why;
  return `Your page was ${since.length === 1 ? "one event" : `${since.length} events`} old. ${first.text} ${why}`;
}

/** The name under which an order is on its way: the same order to another step is another one. */
export function orderKey(order: OrderInput): string {
  switch (order.order) {
    case "retry":
    case "inspectAgain":
    case "skip":
    case "cancelTask":
    case "throttleTask":
    case "confirmManual":
      return `${order.order} ${order.stepId}`;
    case "confirmItem":
      return `${order.order} ${order.itemId}`;
    case "waive":
      return `${order.order} ${order.criterionId}`;
    case "recordSecret":
      return `${order.order} ${order.secret}`;
    case "measure":
      return `${order.order} ${order.itemIds.join(" ")}`;
    case "decide":
    case "takeBack":
    case "askPoll":
    case "closePoll":
      return `${order.order} ${order.gateId}`;
    case "answerPoll":
      return `${order.order} ${order.gateId} ${order.role} ${order.answer}`;
    case "silenceTrigger":
    case "endSilence":
      return `${order.order} ${order.triggerId}`;
    case "delegate":
    case "takeBackDelegation":
    case "askApproval":
    case "start":
    case "hold":
    case "resume":
    case "rollBack":
    case "giveRollbackReason":
    case "abandon":
    case "signCompletion":
    case "writeNote":
      return order.order;
    default:
      return order satisfies never;
  }
}
