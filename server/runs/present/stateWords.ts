import type { StepStage } from "../../../domain/run/stages.ts";
import type { StateWord } from "../../../domain/run/stateWord.ts";
import { stateWordOf } from "../../../domain/run/stateWord.ts";
import { stepOf, stepStageOf } from "../../../domain/run/stepOf.ts";
import type { Subject } from "./subject.ts";

/** The word for the run's state as its own pages show it: a waiting gate and a failed step have words of their own. */
export function stateWord(subject: Subject): StateWord {
  const { state } = subject;
  if (state.stage === "held" && state.hold) {
    switch (state.hold.cause) {
      case "stepFailed":
      case "rollbackFailed":
      case "taskRefused":
        return "Held, failed";
      case "stepUnknown":
        return "Unknown";
      case "ordered":
      case "noGo":
      case "trigger":
      case "hostRebooted":
      case "pointOfNoReturn":
      case "otherHost":
      case "takenOver":
      case "restored":
        return "Held";
      default:
        return state.hold.cause satisfies never;
    }
  }
  if (state.stage === "running" && isGateWaiting(subject)) return "Waiting at gate";
  return stateWordOf(state.stage, state.outcome ?? null);
}

function isGateWaiting({ plan, state }: Subject): boolean {
  return plan.steps.some((step) => step.work.kind === "gate" && stepOf(state, step.id)?.stage === "waiting");
}

/** What asks most for eyes, of steps that go on beside each other: what went wrong, then who is waited for, then what works by itself. */
const URGENCY: readonly (readonly StepStage[])[] = [["failed", "unknown", "cancelled"], ["waiting"], ["running"]];

/** The step that the page is about: what failed, waits or runs; else the next one; null before the start and at the end. */
export function currentStep({ plan, state }: Subject): string | null {
  if (state.startedAt === undefined || state.stage === "ended") return null;
  if (state.hold?.stepId) return state.hold.stepId;
  const steps = state.rollback
    ? plan.rollbackSteps.filter((step) => state.rollback?.steps.includes(step.id))
    : plan.steps;
  const [live] = URGENCY.flatMap((stages) => steps.filter(({ id }) => stages.includes(stepStageOf(state, id))));
  return live?.id ?? steps.find((step) => stepOf(state, step.id) === undefined)?.id ?? null;
}
