import { z } from "zod";
import type { GateId, UserId } from "../ids.ts";
import { Role } from "../run/actor.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";

/** What somebody says when the room is polled. It binds nothing: no gate counts it, no host hears of it. */
export const PollAnswer = z.enum(["GO", "NO-GO"]);
export type PollAnswer = z.infer<typeof PollAnswer>;

/** One person's newest answer for one role. */
export interface PollAnswerState {
  /** A group of the runbook or a role of the product, as it was asked. */
  readonly role: string;
  readonly answer: PollAnswer;
  /** What they said with it; may be empty. */
  readonly words: string;
  readonly by: UserId;
  readonly at: Instant;
}

/** The newest poll about a gate; earlier ones are in the log. */
export interface PollState {
  readonly gateId: GateId;
  /** Who is asked: groups of the runbook and roles of the product. */
  readonly of: readonly string[];
  readonly question: string;
  readonly by: UserId;
  readonly askedAt: Instant;
  /** Number of the event that asked: who answers an earlier question is told so. */
  readonly seq: number;
  readonly answers: readonly PollAnswerState[];
  /** From when on nobody answers any more: the gate was decided, somebody closed it, the run went another way. */
  readonly closedAt?: Instant;
}

/** Roles of the product that can be asked; who only looks on, or only looks after the dashboard, has no part in the work. */
const ASKED_ROLES = Role.exclude(["viewer", "admin"]).options;

/** Everybody who can be asked: the runbook's groups first, then the roles that no group is named after. */
export function rolesToPoll({ runbook }: CompiledRunbook): readonly string[] {
  return [...new Set([...Object.keys(runbook.groups), ...ASKED_ROLES])];
}

/** The poll about a gate that still takes answers. */
export function openPoll(state: RunState, gateId: GateId): PollState | undefined {
  const poll = state.polls[gateId];
  return poll?.closedAt === undefined ? poll : undefined;
}

/**
 * What a role says: NO-GO as soon as one of its people says so, whatever the others say; undefined while nobody of it has answered.
 */
export function wordOfRole(poll: Pick<PollState, "answers">, role: string): PollAnswer | undefined {
  const said = poll.answers.filter((each) => each.role === role);
  if (said.length === 0) return undefined;
  return said.some(({ answer }) => answer === "NO-GO") ? "NO-GO" : "GO";
}

/** The roles that were asked and of which nobody has answered. */
export function silentRoles(poll: Pick<PollState, "of" | "answers">): readonly string[] {
  return poll.of.filter((role) => wordOfRole(poll, role) === undefined);
}
