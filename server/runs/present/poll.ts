import type { GateId } from "../../../domain/ids.ts";
import { wordOfRole } from "../../../domain/poll/poll.ts";
import { isOneOf, mayOrder } from "../../../domain/run/actor.ts";
import type { PolledRole, PollView } from "../../../protocol/http/gates.ts";
import { actorOf } from "./actorOf.ts";
import type { Subject } from "./subject.ts";

/** The newest poll about a gate; null where the room was not asked. */
export function presentPoll(subject: Subject, gateId: GateId): PollView | null {
  const { state, names } = subject;
  const poll = state.polls[gateId];
  if (poll === undefined) return null;
  return {
    seq: poll.seq,
    askedAt: poll.askedAt,
    by: names.person(poll.by),
    question: poll.question,
    closedAt: poll.closedAt ?? null,
    roles: rolesOf(subject, poll.of).map((role) => ({
      ...role,
      says: wordOfRole(poll, role.role) ?? null,
      answers: poll.answers
        .filter((said) => said.role === role.role)
        .map(({ by, answer, words, at }) => ({ userId: by, by: names.person(by), answer, words, at })),
    })),
  };
}

/** Roles with their titles and with everybody who may answer for them. */
export function rolesOf({ people, names }: Subject, roles: readonly string[]): readonly PolledRole[] {
  const mayAnswer = people.map((person) => ({ person, actor: actorOf(person) }));
  return roles.map((role) => ({
    role,
    title: names.group(role),
    people: mayAnswer
      .filter(({ actor }) => mayOrder(actor, "answerPoll") && isOneOf(actor, [role]))
      .map(({ person: { userId, name } }) => ({ userId, name })),
  }));
}
