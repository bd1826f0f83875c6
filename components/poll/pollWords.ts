import type { GateView, PollView } from "../../protocol/http/gates.ts";
import type { RunView } from "../../protocol/http/runs.ts";

/** How a poll stands, in one sentence: who said NO-GO first, then who has not answered. */
export function pollSummary({ roles }: PollView): string {
  const titles = (chosen: PollView["roles"]): string => chosen.map(({ title }) => title).join(", ");
  const against = roles.filter(({ says }) => says === "NO-GO");
  const silent = roles.filter(({ says }) => says === null);
  const parts = [`${roles.length - silent.length} of ${roles.length} answered`];
  if (against.length > 0) parts.push(`NO-GO: ${titles(against)}`);
  if (silent.length > 0) parts.push(`Not yet: ${titles(silent)}`);
  return `${parts.join(". ")}.`;
}

/** The roles for which this person can answer. */
export function rolesOfReader(poll: PollView, userId: string): PollView["roles"] {
  return poll.roles.filter(({ people }) => people.some((person) => person.userId === userId));
}

/** The gate whose open poll this person has not answered, for a role for which nobody has answered yet. */
export function askedGate(run: RunView, userId: string): GateView | undefined {
  return run.gates.find(
    ({ poll }) =>
      poll !== null && poll.closedAt === null && rolesOfReader(poll, userId).some(({ says }) => says === null),
  );
}

/** The gate that the room is polled about, or can be: the one with an open poll, else the one that asks, else the next ahead. */
export function gateToPoll(run: RunView): GateView | undefined {
  const gates = run.gates.filter((gate) => gate.opensBy === "people");
  return (
    gates.find(({ poll }) => poll !== null && poll.closedAt === null) ??
    gates.find(({ stage }) => stage === "asking") ??
    gates.find(({ stage }) => stage === "ahead" || stage === "refused")
  );
}
