import { evolveDelegations } from "../delegation/evolveDelegations.ts";
import { evolvePoll, settlePolls } from "../poll/evolvePoll.ts";
import { dropSilences, evolveSilences } from "../silence/evolveSilences.ts";
import type { Instant } from "../time.ts";
import type { RunEvent, RunEventType } from "./events.ts";
import { evolveCourse } from "./evolve/evolveCourse.ts";
import { evolveGates } from "./evolve/evolveGates.ts";
import type { Past } from "./evolve/evolveLocalRun.ts";
import { countLocal, givenBack, takenOver } from "./evolve/evolveLocalRun.ts";
import { evolvePreparation } from "./evolve/evolvePreparation.ts";
import { evolveReboot } from "./evolve/evolveReboot.ts";
import { evolveRestored } from "./evolve/evolveRestored.ts";
import { evolveSteps } from "./evolve/evolveSteps.ts";
import { evolveTasks } from "./evolve/evolveTasks.ts";
import { evolveSilence, evolveTriggers } from "./evolve/evolveTriggers.ts";
import { IllegalTransition } from "./illegalTransition.ts";
import { initialState } from "./initial.ts";
import type { RunState } from "./state.ts";

/** An event in its place: sequence number from 1, moment, event. What `evolve` needs of a logged event. */
export interface Placed {
  readonly seq: number;
  readonly at: Instant;
  readonly event: RunEvent;
}

// An ended run stays ended: these add to its record and change nothing that was done.
const AFTER_THE_END: ReadonlySet<RunEventType> = new Set<RunEventType>([
  "completionSigned",
  "noteWritten",
  "rollbackReasonGiven",
  "downtimeMeasured",
  "orderRefused",
  "announcementDue",
  "factsMeasured",
  "taskEnded",
  "taskRefused",
  "runGivenBack",
]);

/**
 * The run after one more event. Pure; the same log always folds to the same state. Throws IllegalTransition when the event
 * can't follow: a gap in the numbers, a move that no table allows, a report for a task that was never ordered.
 *
 * @param past the run after an earlier event, for a host that took over from there
 */
export function evolve(state: RunState | undefined, placed: Placed, past: Past = () => undefined): RunState {
  const { seq, at, event } = placed;
  if (state === undefined) {
    if (event.type !== "runCreated" || seq !== 1)
      throw new IllegalTransition(seq, "a run begins with runCreated, number 1");
    return initialState(seq, at, event);
  }
  if (seq !== state.seq + 1) throw new IllegalTransition(seq, `number ${state.seq + 1} was expected`);
  if (state.stage === "ended" && !AFTER_THE_END.has(event.type)) {
    throw new IllegalTransition(seq, `${event.type} after the end of the run`);
  }
  const next = { ...state, seq, lastEventAt: at };
  return event.type === "runTakenOver"
    ? takenOver(next, event, at, past)
    : countLocal(state, settlePolls(dropSilences(apply(next, event, at), event), event, at));
}

/**
 * Folds a whole log, or its continuation. Undefined for an empty one. Throws IllegalTransition where a host took over from an event
 * that the continuation does not hold (reachesBack): such a log is folded whole.
 */
export function fold(log: Iterable<Placed>, from?: RunState): RunState | undefined {
  const events = [...log];
  const past = (seq: number): RunState | undefined =>
    from !== undefined && seq < from.seq
      ? undefined
      : fold(
          events.filter((placed) => placed.seq <= seq),
          from,
        );
  let state = from;
  for (const placed of events) state = evolve(state, placed, past);
  return state;
}

/** Whether events can only be folded with those before them: a host took over from further back than the event ahead. */
export function reachesBack(log: Iterable<Placed>): boolean {
  return [...log].some(({ seq, event }) => event.type === "runTakenOver" && event.from.seq < seq - 1);
}

function apply(state: RunState, event: Exclude<RunEvent, { type: "runTakenOver" }>, at: Instant): RunState {
  switch (event.type) {
    case "runGivenBack":
      return givenBack(state, event);
    case "runCreated":
      throw new IllegalTransition(state.seq, "a run is created once");
    case "factsMeasured":
    case "clockMeasured":
    case "itemConfirmed":
    case "criterionWaived":
    case "secretSealed":
    case "approvalAsked":
      return evolvePreparation(state, event, at);
    case "decisionSigned":
    case "decisionSuspended":
    case "decisionRevived":
    case "decisionVoided":
    case "decisionTakenBack":
    case "decisionsSpent":
    case "gateAsked":
    case "gateReminded":
    case "gateOpened":
    case "gateRefused":
      return evolveGates(state, event, at);
    case "delegated":
    case "delegationTakenBack":
      return evolveDelegations(state, event, at);
    case "pollAsked":
    case "pollAnswered":
    case "pollClosed":
      return evolvePoll(state, event, at);
    case "runStarted":
    case "runHeld":
    case "runResumed":
    case "rollbackOrdered":
    case "rollbackBegan":
    case "rollbackReasonGiven":
    case "runEnded":
    case "completionSigned":
    case "noteWritten":
    case "downtimeMeasured":
    case "orderRefused":
    case "announcementDue":
      return evolveCourse(state, event, at);
    case "stepBegan":
    case "stepVerified":
    case "waitHolds":
    case "stepDone":
    case "stepFailed":
    case "stepSkipped":
    case "stepCancelled":
    case "manualConfirmed":
    case "timerSet":
    case "timerFired":
      return evolveSteps(state, event, at);
    case "taskOrdered":
    case "taskAccepted":
    case "taskRefused":
    case "taskEnded":
    case "taskCancelOrdered":
    case "taskThrottled":
      return evolveTasks(state, event, at);
    case "hostRebooted":
      return evolveReboot(state, event);
    case "runRestored":
    case "hostKnowsMore":
      return evolveRestored(state, event, at);
    case "triggerPending":
    case "triggerFired":
    case "triggerResolved":
      return evolveTriggers(state, event, at);
    case "silenceSigned":
    case "triggerSilenced":
    case "silenceEnded":
      return evolveSilences(state, event, at);
    case "probeSilent":
    case "probeHeard":
      return evolveSilence(state, event, at);
    default:
      return event satisfies never;
  }
}
