import { z } from "zod";
import type { Role } from "../run/actor.ts";
import type { OrderName } from "../run/intents.ts";

/** What a token lets a script do in its person's name. Each takes in the one before it. */
export const TokenScope = z.enum(["read", "order", "admin"]);
export type TokenScope = z.infer<typeof TokenScope>;

/** True where a token of one scope may do what needs another. */
export function coversScope(held: TokenScope, needed: TokenScope): boolean {
  return TokenScope.options.indexOf(held) >= TokenScope.options.indexOf(needed);
}

/**
 * The scopes that a person of this role may give to a token. Not where its power ends: whatever a token asks for is held against the role
 * that its person has at that moment, so that one who is made a viewer has no script that orders.
 */
export function scopesOf(role: Role): readonly TokenScope[] {
  switch (role) {
    case "viewer":
      return ["read"];
    case "support":
    case "operator":
    case "approver":
      return ["read", "order"];
    case "admin":
      return ["read", "order", "admin"];
    default:
      return role satisfies never;
  }
}

/**
 * Orders that are a person's own word, which nobody may give in their sleep: a decision and the taking back of one, who decides in their
 * place, an answer to the room, a silence, a waiver, a sealed passphrase, the signature under a finished window. No token gives them,
 * whatever its scope.
 */
export const PERSONS_WORD: ReadonlySet<OrderName> = new Set<OrderName>([
  "decide",
  "takeBack",
  "delegate",
  "takeBackDelegation",
  "answerPoll",
  "silenceTrigger",
  "waive",
  "recordSecret",
  "signCompletion",
]);
