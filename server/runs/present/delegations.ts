import type { Delegation } from "../../../domain/delegation/delegations.ts";
import { decidesAt, delegationOf } from "../../../domain/delegation/delegations.ts";
import type { UserId } from "../../../domain/ids.ts";
import type { CompiledGate } from "../../../domain/runbook/compiled.ts";
import type { DelegationView } from "../../../protocol/http/gates.ts";
import { actorOf } from "./actorOf.ts";
import type { Subject } from "./subject.ts";

/** Who stands in for whom at a gate now, of those who decide there. */
export function presentDelegations(
  { state, people, names, now }: Subject,
  gate: CompiledGate,
): readonly DelegationView[] {
  const decides = (userId: UserId): boolean => {
    const person = people.find((each) => each.userId === userId);
    return person !== undefined && decidesAt(gate, actorOf(person));
  };
  return Object.values<Delegation>(state.delegations).flatMap(({ from }) => {
    const given = delegationOf(state, from, now);
    if (given === undefined || !decides(given.from) || !decides(given.to)) return [];
    return [
      {
        from: { userId: given.from, name: names.person(given.from) },
        to: { userId: given.to, name: names.person(given.to) },
        until: given.until,
        reason: given.reason,
      },
    ];
  });
}
