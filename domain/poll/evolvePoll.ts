import type { EventOf, RunEvent } from "../run/events.ts";
import { IllegalTransition } from "../run/illegalTransition.ts";
import type { RunState } from "../run/state.ts";
import type { Instant } from "../time.ts";
import type { PollAnswerState, PollState } from "./poll.ts";
import { openPoll } from "./poll.ts";

export type PollEvent = EventOf<"pollAsked" | "pollAnswered" | "pollClosed">;

/** A poll is asked, answered or closed. It moves nothing else of the run. */
export function evolvePoll(state: RunState, event: PollEvent, at: Instant): RunState {
  switch (event.type) {
    case "pollAsked": {
      const { gateId, of, question, by } = event;
      return withPoll(state, { gateId, of, question, by, askedAt: at, seq: state.seq, answers: [] });
    }
    case "pollAnswered": {
      const poll = openOr(state, event);
      const { role, answer, words, by } = event;
      const said: PollAnswerState = { role, answer, words, by, at };
      const others = poll.answers.filter((each) => each.by !== by || each.role !== role);
      return withPoll(state, { ...poll, answers: [...others, said] });
    }
    case "pollClosed":
      return withPoll(state, { ...openOr(state, event), closedAt: at });
    default:
      return event satisfies never;
  }
}

/** Closes what nobody has to be asked any more: the gate was decided, or the run goes back or has ended. */
export function settlePolls(state: RunState, event: RunEvent, at: Instant): RunState {
  switch (event.type) {
    case "gateOpened":
    case "gateRefused": {
      const poll = openPoll(state, event.gateId);
      return poll === undefined ? state : withPoll(state, { ...poll, closedAt: at });
    }
    case "rollbackBegan":
    case "runEnded":
      return Object.values<PollState>(state.polls).reduce(
        (run, poll) => (poll.closedAt === undefined ? withPoll(run, { ...poll, closedAt: at }) : run),
        state,
      );
    default:
      return state;
  }
}

function openOr(state: RunState, { type, gateId }: PollEvent): PollState {
  const poll = openPoll(state, gateId);
  if (poll === undefined) throw new IllegalTransition(state.seq, `${type}, and nobody is polled about gate ${gateId}`);
  return poll;
}

function withPoll(state: RunState, poll: PollState): RunState {
  return { ...state, polls: { ...state.polls, [poll.gateId]: poll } };
}
