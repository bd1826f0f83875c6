import { pointOfNoReturn } from "../forecast/pointOfNoReturn.ts";
import { GO_GATE } from "../gate/goGate.ts";
import { settleSilences } from "../silence/settleSilences.ts";
import { announceDue } from "./advance/announceDue.ts";
import { goBack } from "./advance/goBack.ts";
import { goForward } from "./advance/goForward.ts";
import { holdRun } from "./advance/holdRun.ts";
import { measureNext } from "./advance/measureNext.ts";
import { remindGates } from "./advance/remindGates.ts";
import { considerGate, reviewGates } from "./advance/settleGates.ts";
import { beginOrderedRollback } from "./advance/wantRollback.ts";
import { watchFacts } from "./advance/watchTriggers.ts";
import { findGate } from "./findStep.ts";
import { beganSteps } from "./scope.ts";
import { stepOf } from "./stepOf.ts";
import type { Turn } from "./turn.ts";

/**
 * Everything that happens by itself now, until nothing more does: decisions reviewed, gates opened, triggers judged, the next
 * step begun, a rollback begun, the run ended. Bounded: every round adds events, and a run has only so many steps.
 */
export function advance(turn: Turn): void {
  const { steps, rollbackSteps, measures } = turn.plan;
  const mostRounds = 100 + 20 * (steps.length + rollbackSteps.length + measures.length);
  for (let round = 0; round < mostRounds; round += 1) {
    const before = turn.state.seq;
    move(turn);
    if (turn.state.seq === before) return;
  }
  throw new Error(`run ${turn.state.runId} does not come to rest: a defect of the engine`);
}

function move(turn: Turn): void {
  announceDue(turn);
  reviewGates(turn);
  remindGates(turn);
  if (turn.state.stage !== "ended") measureNext(turn);
  switch (turn.state.stage) {
    case "preparing":
    case "ready":
    case "ended":
      return;
    case "deciding": {
      const gate = findGate(turn.plan, GO_GATE);
      if (gate !== undefined) considerGate(turn, gate);
      return;
    }
    case "running":
      settleSilences(turn);
      watchFacts(turn);
      askAtPointOfNoReturn(turn);
      if (turn.state.rollbackOrdered !== undefined) beginOrderedRollback(turn);
      else if (turn.state.stage === "running") goForward(turn);
      return;
    case "held":
      settleSilences(turn);
      watchFacts(turn);
      if (turn.state.stage === "held") beginOrderedRollback(turn);
      return;
    case "rollingBack":
      goBack(turn);
      return;
    default:
      throw new TypeError("not in the list", { cause: turn.state.stage satisfies never });
  }
}

// Once: whoever resumes after that has read it. Not when nothing began that a rollback would undo.
function askAtPointOfNoReturn(turn: Turn): void {
  const { state, plan, now } = turn;
  if (state.stage !== "running" || state.pointOfNoReturnAskedAt !== undefined) return;
  if (plan.rollbackSteps.length === 0 || now < pointOfNoReturn(plan, state, now)) return;
  const forwardBegan = [...beganSteps(state)].some((stepId) => stepOf(state, stepId)?.section === "forward");
  if (forwardBegan) {
    holdRun(
      turn,
      "pointOfNoReturn",
      "From now on a rollback does not fit in the window any more. Go on, or roll back?",
    );
  }
}
