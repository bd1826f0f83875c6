import type { Instant } from "../../time.ts";
import type { EventOf } from "../events.ts";
import { IllegalTransition } from "../illegalTransition.ts";
import { moveRun } from "../moves.ts";
import type { RunState } from "../state.ts";

export type CourseEvent = EventOf<
  | "runStarted"
  | "runHeld"
  | "runResumed"
  | "rollbackOrdered"
  | "rollbackBegan"
  | "rollbackReasonGiven"
  | "runEnded"
  | "completionSigned"
  | "noteWritten"
  | "downtimeMeasured"
  | "orderRefused"
  | "announcementDue"
>;

/** The course of the run as a whole: start, hold, resume, rollback, end, and what people write about it. */
export function evolveCourse(state: RunState, event: CourseEvent, at: Instant): RunState {
  switch (event.type) {
    case "runStarted":
      return {
        ...moveRun(state, "running"),
        startedAt: at,
        startedBy: event.by,
        // Whoever starts a run is one of those who wanted it: never again an approver of it.
        requesters: state.requesters.includes(event.by) ? state.requesters : [...state.requesters, event.by],
      };
    case "runHeld":
      return held(state, event, at);
    case "runResumed": {
      const { hold, ...rest } = state;
      if (hold === undefined) throw new IllegalTransition(state.seq, "a run that is not held can't be resumed");
      return moveRun({ ...rest }, hold.during === "rollback" ? "rollingBack" : "running");
    }
    case "rollbackOrdered":
      if (state.stage !== "running" && state.stage !== "held") {
        throw new IllegalTransition(state.seq, `no rollback can be ordered while ${state.stage}`);
      }
      return {
        ...state,
        rollbackOrdered: {
          at,
          cause: event.cause,
          detail: event.detail,
          ...(event.by === undefined ? {} : { by: event.by }),
        },
      };
    case "rollbackBegan": {
      const { hold: _hold, rollbackOrdered: _ordered, ...rest } = moveRun(state, "rollingBack");
      return closeGates({
        ...rest,
        rollback: {
          beganAt: at,
          cause: event.cause,
          detail: event.detail,
          steps: event.steps,
          ...(event.by === undefined ? {} : { by: event.by }),
        },
      });
    }
    case "rollbackReasonGiven":
      if (state.rollback === undefined)
        throw new IllegalTransition(state.seq, "a reason for a rollback that never began");
      return { ...state, rollback: { ...state.rollback, reason: event.reason } };
    case "runEnded":
      return ended(state, event, at);
    case "completionSigned":
      if (state.stage !== "ended") throw new IllegalTransition(state.seq, "a run is signed off after its end");
      return {
        ...state,
        completion: {
          by: event.by,
          at,
          allVerified: event.allVerified,
          inProduction: event.inProduction,
          issues: event.issues,
        },
      };
    case "noteWritten":
      return { ...state, notes: [...state.notes, { text: event.text, by: event.by, at }] };
    case "downtimeMeasured":
      return {
        ...state,
        downtime: {
          lastAcceptedAt: event.lastAcceptedAt,
          ...(event.firstAcceptedAt === undefined ? {} : { firstAcceptedAt: event.firstAcceptedAt }),
          ...(event.downtimeMs === undefined ? {} : { downtimeMs: event.downtimeMs }),
          ...(event.measuredBy === undefined ? {} : { measuredBy: event.measuredBy }),
          ...(event.earlierMs === undefined ? {} : { earlierMs: event.earlierMs }),
        },
      };
    case "orderRefused":
      return state;
    case "announcementDue":
      return {
        ...state,
        announced: [
          ...state.announced,
          {
            announcementId: event.announcementId,
            at,
            ...(event.stepId === undefined ? {} : { stepId: event.stepId }),
          },
        ],
      };
    default:
      return event satisfies never;
  }
}

function held(state: RunState, event: EventOf<"runHeld">, at: Instant): RunState {
  // A hold ends a rollback that was only wanted so far: whoever holds says "nothing more".
  const { rollbackOrdered: _ordered, ...rest } = moveRun(state, "held");
  return {
    ...rest,
    hold: {
      cause: event.cause,
      detail: event.detail,
      since: at,
      seq: state.seq,
      during: state.stage === "rollingBack" ? "rollback" : "forward",
      ...(event.stepId === undefined ? {} : { stepId: event.stepId }),
      ...(event.by === undefined ? {} : { by: event.by }),
    },
    ...(event.cause === "pointOfNoReturn" ? { pointOfNoReturnAskedAt: at } : {}),
  };
}

const ENDS_FROM = {
  completed: ["running"],
  rolledBack: ["rollingBack"],
  abandoned: ["preparing", "deciding", "ready", "running", "held"],
} as const;

function ended(state: RunState, event: EventOf<"runEnded">, at: Instant): RunState {
  if (!ENDS_FROM[event.outcome].some((stage) => stage === state.stage)) {
    throw new IllegalTransition(state.seq, `a run that is ${state.stage} does not end as ${event.outcome}`);
  }
  const { hold: _hold, rollbackOrdered: _ordered, ...rest } = moveRun(state, "ended");
  return closeGates({
    ...rest,
    timers: {},
    endedAt: at,
    outcome: event.outcome,
    ...(event.reason === undefined ? {} : { endReason: event.reason }),
  });
}

// The run went another way: nobody is asked any more, and a GO that nothing was done on leads nowhere and can't be taken back.
function closeGates(state: RunState): RunState {
  const gates = { ...state.gates };
  for (const gate of Object.values(state.gates)) {
    const isUnused = gate.stage === "open" && gate.openedBy === "quorum" && gate.spentOn === undefined;
    if (gate.stage === "asking" || isUnused) gates[gate.gateId] = { ...gate, stage: "closed" };
  }
  return { ...state, gates };
}
