import type { RunView } from "../../protocol/http/runs.ts";
import { shownState } from "../window/shownState.ts";
import { beforeCard } from "./cards/before.ts";
import { endedCard } from "./cards/ended.ts";
import type { NowCard, Reader } from "./cards/model.ts";
import { gateCard, manualCard, rollbackOrderedCard, runningCard } from "./cards/running.ts";
import { heldCard, restoredCard, stoppedCard } from "./cards/stopped.ts";
import { takenOverCard } from "./cards/takenOver.ts";
import { currentStep } from "./nowStep.ts";

/** What the card of the current step says now, to this reader. */
export function nowCard(run: RunView, reader: Reader, now: number): NowCard {
  const word = shownState(run, reader.userId);
  const step = currentStep(run);
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
