import type { OnNowView, WaitView } from "../../protocol/http/home.ts";
import type { RunView } from "../../protocol/http/runs.ts";

/** A run that is on, as the home page shows it: a strip, not the whole page. */
export function presentOnNow(run: RunView, waits: readonly WaitView[]): OnNowView {
  return {
    windowId: run.windowId,
    title: run.title,
    kind: run.kind,
    stateWord: run.stateWord,
    waitsForReader: waits.some(({ kind, windowId }) => kind === "decide" && windowId === run.windowId),
    dataSentence: run.dataSentence,
    startedAt: run.startedAt ?? run.createdAt,
    endsAt: run.endsAt,
    zone: run.zone,
    steps: run.steps.map(({ id, title, stage, plannedMs }) => ({ id, title, stage, plannedMs })),
    stepText: stepText(run),
    finishP50At: run.forecast.finishP50At,
    finishP90At: run.forecast.finishP90At,
    rollback:
      run.rollbackOrdered === null && run.rolledBack === null && run.rollback.possible
        ? {
            expectedMs: run.rollback.expectedMs,
            loses: run.rollback.losesNothing
              ? "loses nothing"
              : (run.rollback.loses ?? "what it would lose is not known"),
          }
        : null,
  };
}

function stepText(run: RunView): string | null {
  const backward = run.rollback.steps.find(({ id }) => id === run.currentStepId);
  if (run.rolledBack !== null) return backward ? `Going back: ${backward.title}` : "Going back";
  const current = run.steps.find(({ id }) => id === run.currentStepId);
  if (!current) return null;
  const count = run.steps.filter(({ number }) => number !== null).length;
  return current.number === null ? current.title : `Step ${current.number} of ${count}: ${current.title}`;
}
