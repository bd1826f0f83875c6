import { z } from "zod";
import type { UserId } from "../ids.ts";
import type { OrderName } from "./intents.ts";

/** What a person may do in the product as a whole. Groups of a window say more: who decides, who confirms what. */
export const Role = z.enum(["viewer", "support", "operator", "approver", "admin"]);
export type Role = z.infer<typeof Role>;

/** The person who gives an order, as the server knows them at that moment. */
export interface Actor {
  readonly userId: UserId;
  readonly roles: ReadonlySet<Role>;
  /** The runbook's groups that the window puts this person in. */
  readonly groups: readonly string[];
  /** Number of the last event that the person had seen when giving the order; absent where nobody looks at a page. */
  readonly sawSeq?: number;
  /** For `decide` and `silenceTrigger` only: the server checked the signature over the statement with this person's passkey on record. */
  readonly signatureValid?: boolean;
  /** For `delegate` only: whom the order names, as the server knows them. */
  readonly named?: Pick<Actor, "userId" | "roles" | "groups">;
}

/** Who may give which order at all. The state of the run and the runbook's groups narrow it further. */
export const MAY = {
  measure: ["operator", "approver", "admin"],
  confirmItem: ["support", "operator", "approver", "admin"],
  waive: ["approver"],
  recordSecret: ["support", "operator", "approver", "admin"],
  askApproval: ["operator", "admin"],
  /** An admin only breaks the glass (orders/decisions.ts). */
  decide: ["approver", "admin"],
  takeBack: ["approver", "admin"],
  delegate: ["approver"],
  takeBackDelegation: ["approver"],
  askPoll: ["operator", "approver", "admin"],
  answerPoll: ["support", "operator", "approver", "admin"],
  closePoll: ["operator", "approver", "admin"],
  silenceTrigger: ["approver"],
  endSilence: ["operator", "approver", "admin"],
  start: ["operator", "admin"],
  hold: ["operator", "approver", "admin"],
  resume: ["operator", "admin"],
  retry: ["operator", "admin"],
  inspectAgain: ["operator", "admin"],
  skip: ["operator", "admin"],
  cancelTask: ["operator", "admin"],
  throttleTask: ["operator", "admin"],
  confirmManual: ["support", "operator", "approver", "admin"],
  rollBack: ["operator", "approver", "admin"],
  giveRollbackReason: ["operator", "approver", "admin"],
  abandon: ["operator", "admin"],
  signCompletion: ["operator", "approver", "admin"],
  writeNote: ["support", "operator", "approver", "admin"],
} as const satisfies Record<OrderName, readonly Role[]>;

/** Whether any of the actor's roles allows an order. */
export function mayOrder(actor: Actor, order: OrderName): boolean {
  return MAY[order].some((role) => actor.roles.has(role));
}

/** Whether the actor is meant by one of these words of the runbook: each is a group of the window or a role. */
export function isOneOf(actor: Pick<Actor, "roles" | "groups">, words: readonly string[]): boolean {
  const roles: ReadonlySet<string> = actor.roles;
  return words.some((word) => actor.groups.includes(word) || roles.has(word));
}
