import { formatTime } from "../../domain/format/time.ts";
import type { CriterionView } from "../../protocol/http/evidence.ts";
import type { DecisionView, GateView } from "../../protocol/http/gates.ts";
import type { RunView } from "../../protocol/http/runs.ts";

/** The decision of a person that still counts at a gate, if there is one. */
export function standingDecision(gate: GateView, userId: string): DecisionView | undefined {
  return gate.decisions.findLast(
    (made) => made.userId === userId && (made.life === "valid" || made.life === "suspended" || made.life === "spent"),
  );
}

/** The names of those who may decide at a gate and for whom nobody has; who stands in for them beside it. */
export function undecided(gate: GateView): readonly string[] {
  return gate.deciders
    .filter(({ userId, isRequester }) => !isRequester && wordFor(gate, userId) === undefined)
    .map(({ userId, name }) => {
      const away = gate.delegations.find(({ from }) => from.userId === userId);
      return away === undefined ? name : `${name} (${away.to.name} in their place)`;
    });
}

/** Those in whose place a person can sign at a gate now: who named them, and whose word is not given yet. */
export function placesOf(gate: GateView, userId: string): GateView["delegations"] {
  return gate.delegations.filter(({ from, to }) => to.userId === userId && wordFor(gate, from.userId) === undefined);
}

/** The decision that counts as a person's at a gate: their own, or one in their place. */
export function wordFor(gate: GateView, userId: string): DecisionView | undefined {
  const isStanding = ({ life }: DecisionView): boolean => life === "valid" || life === "suspended" || life === "spent";
  return gate.decisions.findLast((made) => isStanding(made) && (made.inPlaceOf?.userId ?? made.userId) === userId);
}

/** True where a gate asks and this person may decide and has not: the page is theirs now. */
export function waitsForReader(gate: GateView, userId: string): boolean {
  if (gate.stage !== "asking") return false;
  const decider = gate.deciders.find((each) => each.userId === userId);
  return decider !== undefined && !decider.isRequester && standingDecision(gate, userId) === undefined;
}

/** The gates that people decide, in their order. */
export function peopleGates(run: RunView): readonly GateView[] {
  return run.gates.filter((gate) => gate.opensBy === "people");
}

/** The gate that the Decide page is about: the one asked for, else the one that asks, else the next not open yet, else the last one. */
export function gateToShow(run: RunView, asked: string | null): GateView | undefined {
  const gates = peopleGates(run);
  return (
    gates.find((gate) => gate.gateId === asked) ??
    gates.find((gate) => gate.stage === "asking") ??
    gates.find((gate) => gate.stage === "ahead" || gate.stage === "refused") ??
    gates.at(-1)
  );
}

/** What a refused question leads to before anything has begun, for the pages of those who did not sign it. */
export interface RefusedApproval {
  readonly title: string;
  /** Who refused it and when, and what the runbook says comes of it. */
  readonly what: string;
  readonly todo: string;
}

/** That the question for a start was answered with NO-GO, or by nobody in time; undefined where neither is so or it was asked again. */
export function refusedApproval(run: RunView): RefusedApproval | undefined {
  const gate = peopleGates(run).find((each) => each.stage === "refused");
  if (!gate || run.stage !== "preparing") return undefined;
  const made = gate.decisions.findLast((each) => each.verdict === "NO-GO");
  const at = formatTime(made?.signedAt ?? gate.decidedAt ?? run.now, run.zone);
  const leadsTo = gate.afterNoGo === null ? "" : ` ${gate.afterNoGo}`;
  const again = "then ask again, or abandon this run and plan a new window.";
  return made
    ? {
        title: "NO-GO was signed",
        what: `${made.by} signed NO-GO at ${at}.${leadsTo}`,
        todo: `Talk to ${made.by}, ${again}`,
      }
    : {
        title: "Nobody decided in time",
        what: `The question was open until ${at}.${leadsTo}`,
        todo: `Find out who can decide, ${again}`,
      };
}

/** True where a criterion stands in the way of a GO: it fails, or can't be judged, and nobody waived it. */
export function isInTheWay(criterion: CriterionView): boolean {
  return criterion.waived === null && criterion.verdict !== "pass";
}

/** Why this person can't sign here now, each verdict by itself; undefined where they can. */
export interface SigningReasons {
  readonly go: string | undefined;
  readonly noGo: string | undefined;
}

/**
 * Whether a person can sign, and if not why not, in words. A NO-GO needs less than a GO: the safe choice is never refused over a
 * value. The server decides in the end; this says beforehand what it would say.
 * @param hasPasskey whether the person has a passkey to sign with
 */
export function signingReasons(
  gate: GateView,
  reader: { readonly userId: string; readonly role: string; readonly hasPasskey: boolean },
): SigningReasons {
  const both = (reason: string): SigningReasons => ({ go: reason, noGo: reason });
  const decider = gate.deciders.find((each) => each.userId === reader.userId);
  if (decider?.isRequester) return both("You requested, edited or started this, so you can't sign it.");
  if (!decider) return both(reader.role === "approver" ? "Others are named for this gate." : "Approvers sign here.");
  const takesDecisions = gate.stage === "asking" || gate.stage === "open";
  const mine = standingDecision(gate, reader.userId);
  if (mine?.life === "spent" || !takesDecisions) return both(stageReason(gate));
  if (!reader.hasPasskey) return both("You have no passkey yet, and decisions are signed with one.");
  if (mine?.verdict === "GO") return { go: "You have signed GO.", noGo: undefined };
  const inTheWay = gate.criteria.filter(isInTheWay);
  return { go: criteriaReason(inTheWay), noGo: undefined };
}

function stageReason(gate: GateView): string {
  switch (gate.stage) {
    case "ahead":
      return "This gate does not ask yet.";
    case "refused":
      return "This gate was refused.";
    case "closed":
      return "The run went another way before this was decided.";
    case "asking":
    case "open":
      return "What you signed has been acted on.";
    default:
      return gate.stage satisfies never;
  }
}

/** Names the criteria that a GO waits for: what fails first, then what is unknown. */
function criteriaReason(inTheWay: readonly CriterionView[]): string | undefined {
  const failing = inTheWay.filter((criterion) => criterion.verdict === "fail");
  const [first] = failing.length > 0 ? failing : inTheWay;
  if (!first) return undefined;
  const more = inTheWay.length > 1 ? `, and ${inTheWay.length - 1} more` : "";
  const verb = first.verdict === "unknown" ? "is not known" : first.kind === "nogo" ? "speaks against it" : "fails";
  return `“${first.title}” ${verb}${more}.`;
}

/** How the criteria stand, in one line: "7 of 7 pass, 0 of 4 NO-GO". */
export function criteriaSummary(criteria: readonly CriterionView[]): {
  readonly text: string;
  readonly isGood: boolean;
} {
  const nogo = criteria.filter((criterion) => criterion.kind === "nogo");
  const must = criteria.filter((criterion) => criterion.kind !== "nogo");
  const passing = must.filter((criterion) => !isInTheWay(criterion)).length;
  const against = nogo.filter((criterion) => criterion.verdict === "fail" && criterion.waived === null).length;
  const parts = [`${passing} of ${must.length} pass`];
  if (nogo.length > 0) parts.push(`${against} of ${nogo.length} NO-GO`);
  const unknown = criteria.filter((criterion) => criterion.verdict === "unknown" && criterion.waived === null).length;
  if (unknown > 0) parts.push(`${unknown} unknown`);
  return { text: parts.join(", "), isGood: !criteria.some(isInTheWay) };
}
