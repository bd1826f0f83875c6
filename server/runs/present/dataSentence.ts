import type { StepId } from "../../../domain/ids.ts";
import { stepStageOf } from "../../../domain/run/stepOf.ts";
import type { Subject } from "./subject.ts";

/**
 * Where the data is, in one sentence: the question behind every state. The runbook says it step by step; the sentence of the newest
 * step that began holds until the next one begins.
 */
export function dataSentence(subject: Subject): string {
  const { state } = subject;
  if (state.stage === "preparing" || state.stage === "deciding" || state.stage === "ready") {
    return "The data is where it was. Nothing has been stopped or changed.";
  }
  if (state.outcome === "rolledBack") return "The data is back where it was. The old side was not written to.";
  if (state.rollback) return "The data is whole on the old side, which was not written to. It is being brought back.";
  return sentenceOfSteps(subject) ?? "The data is where it was. Nothing has been stopped or changed.";
}

/** The sentence of one step, or of the last one before it that has a sentence. */
export function dataSentenceAt({ plan }: Subject, stepId: StepId): string {
  const at = plan.steps.findIndex((step) => step.id === stepId);
  const before = plan.steps.slice(0, at + 1).findLast((step) => step.source.data !== undefined);
  return before?.source.data ?? "Whole on the old side, which was not written to.";
}

function sentenceOfSteps({ state, plan }: Subject): string | undefined {
  const begun = plan.steps.filter(
    (step) => stepStageOf(state, step.id) !== "planned" && step.source.data !== undefined,
  );
  return begun.at(-1)?.source.data;
}
