import { quorumOf } from "../gate/quorum.ts";
import type { UserId } from "../ids.ts";
import type { Actor } from "../run/actor.ts";
import { isOneOf } from "../run/actor.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledGate } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";

/** Somebody is away and has named who decides in their place. It gives nobody a right they did not have: both decide at that gate. */
export interface Delegation {
  readonly from: UserId;
  readonly to: UserId;
  readonly until: Instant;
  readonly reason: string;
  /** The groups of gates that both were in when it was given. */
  readonly groups: readonly string[];
  readonly at: Instant;
}

/** The delegation of one person that stands at a moment; one that is over counts for nothing. */
export function delegationOf({ delegations }: RunState, from: UserId, now: Instant): Delegation | undefined {
  const found = delegations[from];
  return found !== undefined && now < found.until ? found : undefined;
}

/** Of a person only who they are. */
type Person = Pick<Actor, "userId" | "roles" | "groups">;

/** Whether somebody decides at a gate in their own right: an approver of one of its groups. Requesters are another matter. */
export function decidesAt({ spec }: CompiledGate, actor: Person): boolean {
  const { of } = quorumOf(spec);
  return spec.opensBy === "people" && actor.roles.has("approver") && (of.length === 0 || isOneOf(actor, of));
}

/** Whether two people decide at a gate for the same group: only then does the one stand in for the other. */
export function decideAlike(gate: CompiledGate, one: Person, other: Person): boolean {
  const { of } = quorumOf(gate.spec);
  const isShared = of.length === 0 || of.some((word) => isOneOf(one, [word]) && isOneOf(other, [word]));
  return isShared && decidesAt(gate, one) && decidesAt(gate, other);
}
