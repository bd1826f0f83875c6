import type { RunView } from "../../protocol/http/runs.ts";
import { shownState } from "../window/shownState.ts";
import { beforeCard } from "./cards/before.ts";
import { endedCard } from "./cards/ended.ts";
import type { NowCard, Reader } from "./cards/model.ts";
import { gateCard, manualCard, rollbackOrderedCard, runningCard } from "./cards/running.ts";
import { heldCard, restoredCard, stoppedCard } from "./cards/stopped.ts";
import { takenOverCard } from "./cards/takenOver.ts";
import type { NowStep } from "./nowStep.ts";
import { currentStep, liveSteps, stepById } from "./nowStep.ts";

/**
 * What the card of the current step says now, to this reader.
 * @param chosenId another step that the reader wants to see, of those that are on
 */
export function nowCard(run: RunView, reader: Reader, now: number, chosenId?: string): NowCard {
  const word = shownState(run, reader.userId);
  const step = chosenStep(run, chosenId) ?? currentStep(run);
  const base = {
    word,
    step,
    showsProgress: false,
    asksFields: false,
    say: undefined,
    sentence: undefined,
    answers: [],
  } satisfies Partial<NowCard>;
  if (run.stage === "ended") return { ...base, ...endedCard(run, reader) };
  if (run.takenOver) return { ...base, ...takenOverCard(run, run.takenOver, step) };
  if (run.startedAt === null || !step) return { ...base, ...beforeCard(run, reader, now) };
  if (run.rollbackOrdered) return { ...base, ...rollbackOrderedCard(run, step) };
  const isRebooted = run.hold?.cause === "hostRebooted" && run.steps.some(({ stage }) => stage === "undone");
  if (run.hold?.cause === "restored") return { ...base, ...restoredCard(run, run.hold, reader, step) };
  if (run.hold && isRebooted) return { ...base, ...heldCard(run, run.hold, reader, step) };
  if (step.stage === "failed" || step.stage === "unknown" || step.stage === "cancelled") {
    return { ...base, ...stoppedCard(run, reader, step) };
  }
  if (run.hold) return { ...base, ...heldCard(run, run.hold, reader, step) };
  if (step.stage === "waiting" && step.kind === "gate") return { ...base, ...gateCard(run, reader, step) };
  if (step.stage === "waiting" && step.kind === "manual") return { ...base, ...manualCard(run, reader, step) };
  return { ...base, ...runningCard(run, reader, step) };
}

/** The chosen step while it is on; what is over gives way to what goes on. */
function chosenStep(run: RunView, chosenId: string | undefined): NowStep | undefined {
  const isOn = chosenId !== undefined && run.rolledBack === null && liveSteps(run).some(({ id }) => id === chosenId);
  return isOn ? stepById(run, chosenId) : undefined;
}
