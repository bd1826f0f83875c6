import { z } from "zod";
import { GateId, UserId } from "../ids.ts";
import { PollAnswer } from "./poll.ts";

/** A word that names whom is asked: a group of the runbook or a role of the product. */
const role = z.string().min(1).max(63);

/** What happens when the room is polled. `by`: who asked, answered, or closed it. */
export const POLL_EVENTS = [
  z.strictObject({
    type: z.literal("pollAsked"),
    gateId: GateId,
    of: z.array(role).min(1).max(50),
    question: z.string().max(400),
    by: UserId,
  }),
  z.strictObject({
    type: z.literal("pollAnswered"),
    gateId: GateId,
    role,
    answer: PollAnswer,
    words: z.string().max(400),
    by: UserId,
  }),
  z.strictObject({ type: z.literal("pollClosed"), gateId: GateId, by: UserId }),
] as const;

const oneLine = z.string().trim().max(400, "At most 400 characters.");

/** What people order of a poll. */
export const POLL_ORDERS = [
  z.strictObject({
    order: z.literal("askPoll"),
    gateId: GateId,
    of: z.array(role).min(1, "Choose at least one role.").max(50),
    question: oneLine,
  }),
  z.strictObject({ order: z.literal("answerPoll"), gateId: GateId, role, answer: PollAnswer, words: oneLine }),
  z.strictObject({ order: z.literal("closePoll"), gateId: GateId }),
] as const;
