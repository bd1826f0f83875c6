import { canonicalJson } from "../canonicalJson.ts";
import type { UserId } from "../ids.ts";
import type { DecisionState } from "../run/state.ts";
import type { GateSpec, Quorum } from "../runbook/schema.ts";

/** How far a quorum is: decisions that count, how many are needed, and the groups nobody has decided for yet. */
export interface QuorumNow {
  readonly met: boolean;
  readonly have: number;
  readonly needed: number;
  readonly missingGroups: readonly string[];
}

/** Who decides at a gate. Where the runbook names nobody, one approver of any group does. */
export function quorumOf(spec: GateSpec): Quorum {
  return spec.quorum ?? { of: [], atLeast: 1 };
}

/**
 * Counts GO decisions: at least M, each from one of the named groups, and one person for each group, a different person for
 * each: somebody in two groups speaks once. Requesters never count. Only decisions over the same digest, parameters and hosts
 * are counted together; what was measured may differ between them.
 */
export function quorumNow(
  quorum: Quorum,
  decisions: readonly DecisionState[],
  requesters: readonly UserId[],
): QuorumNow {
  const counted = new Map<UserId, DecisionState>();
  for (const made of decisions) {
    const belongs = quorum.of.length === 0 || made.groups.some((group) => quorum.of.includes(group));
    if (made.life === "valid" && made.verdict === "GO" && belongs && !requesters.includes(made.by)) {
      counted.set(made.by, made);
    }
  }
  const equal = largestAgreement([...counted.values()]);
  const missingGroups = unmatchedGroups(quorum.of, equal);
  return {
    met: equal.length >= quorum.atLeast && missingGroups.length === 0,
    have: equal.length,
    needed: Math.max(quorum.atLeast, quorum.of.length),
    missingGroups,
  };
}

function largestAgreement(decisions: readonly DecisionState[]): readonly DecisionState[] {
  const bySubject = new Map<string, DecisionState[]>();
  for (const made of decisions) {
    const { gateId, windowId, runId, executableDigest, parameters, hosts } = made.decision.statement;
    const subject = canonicalJson({ gateId, windowId, runId, executableDigest, parameters, hosts });
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), made]);
  }
  let largest: readonly DecisionState[] = [];
  for (const agreeing of bySubject.values()) if (agreeing.length > largest.length) largest = agreeing;
  return largest;
}

// A matching of groups to people (augmenting paths): greedy choice could give the only expert of one group away to another.
function unmatchedGroups(groups: readonly string[], decisions: readonly DecisionState[]): readonly string[] {
  const speaksFor = new Map<UserId, string>();
  const place = (group: string, seen: Set<UserId>): boolean => {
    for (const made of decisions) {
      if (!made.groups.includes(group) || seen.has(made.by)) continue;
      seen.add(made.by);
      const taken = speaksFor.get(made.by);
      if (taken === undefined || place(taken, seen)) {
        speaksFor.set(made.by, group);
        return true;
      }
    }
    return false;
  };
  return groups.filter((group) => !place(group, new Set()));
}
