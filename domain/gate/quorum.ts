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
 * are counted together; what was measured may differ between them. Where somebody else broke the glass, one GO may be missing.
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
  const now = { have: equal.length, needed: neededOf(quorum), missingGroups };
  if (equal.length >= quorum.atLeast && missingGroups.length === 0) return { met: true, ...now };
  const isOneShort = equal.length >= quorum.atLeast - 1 && missingGroups.length <= 1;
  return { met: isOneShort && isGlassBroken(quorum, decisions, requesters, equal), ...now };
}

/** How many people have to say GO. */
export function neededOf(quorum: Quorum): number {
  return Math.max(quorum.atLeast, quorum.of.length);
}

/**
 * Whether somebody broke the glass over just what the others decided on: nobody who requested, who said GO as well, or who decides at
 * this gate themselves. False where nobody said GO. One GO may be left out, however many break the glass.
 */
function isGlassBroken(
  quorum: Quorum,
  decisions: readonly DecisionState[],
  requesters: readonly UserId[],
  agreeing: readonly DecisionState[],
): boolean {
  const [first] = agreeing;
  if (first === undefined) return false;
  return decisions.some(
    (made) =>
      made.verdict === "BREAK-GLASS" &&
      made.life === "valid" &&
      !requesters.includes(made.by) &&
      !agreeing.some(({ by }) => by === made.by) &&
      !made.groups.some((group) => quorum.of.includes(group)) &&
      subjectOf(made) === subjectOf(first),
  );
}

function largestAgreement(decisions: readonly DecisionState[]): readonly DecisionState[] {
  const bySubject = new Map<string, DecisionState[]>();
  for (const made of decisions) {
    const subject = subjectOf(made);
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), made]);
  }
  let largest: readonly DecisionState[] = [];
  for (const agreeing of bySubject.values()) if (agreeing.length > largest.length) largest = agreeing;
  return largest;
}

/** What decisions must be over alike to be counted together. */
function subjectOf({ decision }: DecisionState): string {
  const { gateId, windowId, runId, executableDigest, parameters, hosts } = decision.statement;
  return canonicalJson({ gateId, windowId, runId, executableDigest, parameters, hosts });
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
