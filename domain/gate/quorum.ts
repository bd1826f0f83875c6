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
 * each: somebody in two groups speaks once, and so do two of whom one stands in for the other. Requesters never count. Only decisions over the same digest, parameters and hosts
 * are counted together; what was measured may differ between them. Where somebody else broke the glass, one GO may be missing.
 */
export function quorumNow(
  quorum: Quorum,
  decisions: readonly DecisionState[],
  requesters: readonly UserId[],
): QuorumNow {
  const goes = decisions.filter(({ life, verdict }) => life === "valid" && verdict === "GO").map(wordOf);
  const { agreeing, ...now } = agreementOf(quorum, goes, requesters);
  const isOneShort = agreeing.length >= quorum.atLeast - 1 && now.missingGroups.length <= 1;
  return { ...now, met: now.met || (isOneShort && isGlassBroken(quorum, decisions, requesters, agreeing)) };
}

/** One person's signed word, as far as it counts: who, of which groups, over what. */
export interface Word {
  readonly by: UserId;
  /** In whose place they signed; absent: in their own. */
  readonly inPlaceOf?: UserId | undefined;
  /** The quorum's groups that they were in when signing. */
  readonly groups: readonly string[];
  /** Only words over the same are counted together. */
  readonly subject: string;
}

/** Counts words towards a quorum, with those that agree; see quorumNow for the rules. */
export function agreementOf(
  quorum: Quorum,
  words: readonly Word[],
  requesters: readonly UserId[],
): QuorumNow & { readonly agreeing: readonly Word[] } {
  const counted = new Map<UserId, Word>();
  for (const word of words) {
    const belongs = quorum.of.length === 0 || word.groups.some((group) => quorum.of.includes(group));
    const isRequesters = requesters.includes(word.by) || requesters.includes(word.inPlaceOf ?? word.by);
    if (belongs && !isRequesters) counted.set(word.by, word);
  }
  const agreeing = largestAgreement(onePerSeat([...counted.values()]));
  const missingGroups = unmatchedGroups(quorum.of, agreeing);
  const met = agreeing.length >= quorum.atLeast && missingGroups.length === 0;
  return { met, have: agreeing.length, needed: neededOf(quorum), missingGroups, agreeing };
}

/** Who is away speaks once: by themselves, or by one who stands in for them. Of two the one who stands in is left out. */
function onePerSeat(words: readonly Word[]): readonly Word[] {
  const seats = new Set(words.filter(({ inPlaceOf }) => inPlaceOf === undefined).map(({ by }) => by));
  return words.filter(({ inPlaceOf }) => {
    if (inPlaceOf === undefined) return true;
    if (seats.has(inPlaceOf)) return false;
    seats.add(inPlaceOf);
    return true;
  });
}

const wordOf = (made: DecisionState): Word => ({
  by: made.by,
  inPlaceOf: made.decision.statement.inPlaceOf,
  groups: made.groups,
  subject: subjectOf(made),
});

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
  agreeing: readonly Word[],
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
      subjectOf(made) === first.subject,
  );
}

function largestAgreement(words: readonly Word[]): readonly Word[] {
  const bySubject = new Map<string, Word[]>();
  for (const word of words) bySubject.set(word.subject, [...(bySubject.get(word.subject) ?? []), word]);
  let largest: readonly Word[] = [];
  for (const agreeing of bySubject.values()) if (agreeing.length > largest.length) largest = agreeing;
  return largest;
}

/** What decisions must be over alike to be counted together. */
function subjectOf({ decision }: DecisionState): string {
  const { gateId, windowId, runId, executableDigest, parameters, hosts } = decision.statement;
  return canonicalJson({ gateId, windowId, runId, executableDigest, parameters, hosts });
}

// A matching of groups to people (augmenting paths): greedy choice could give the only expert of one group away to another.
function unmatchedGroups(groups: readonly string[], decisions: readonly Word[]): readonly string[] {
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
