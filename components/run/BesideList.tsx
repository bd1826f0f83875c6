"use client";

import { formatPercent } from "../../domain/format/percent.ts";
import type { StepView } from "../../protocol/http/steps.ts";
import { useLiveRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { StepMark } from "../ui/Mark.tsx";
import { liveSteps } from "./nowStep.ts";
import { markOfStep } from "./phaseRows.ts";

/** What goes on beside the step that the card shows; nothing where branches are no matter now. */
export function BesideList(props: { shownId: string | undefined; onChoose: (stepId: string) => void }) {
  const run = useLiveRun();
  if (run.rolledBack !== null || run.stage === "ended") return null;
  const others = liveSteps(run).filter(({ id }) => id !== props.shownId);
  if (others.length === 0) return null;
  return (
    <section aria-labelledby="beside" className="mt-4 border-line border-t pt-2">
      <h2 id="beside" className="text-ink3 text-label">
        At the same time
      </h2>
      <ul className="mt-1 flex flex-col gap-1">
        {others.map((step) => (
          <li key={step.id} className="flex items-center gap-2">
            <StepMark state={markOfStep(step)} />
            <span className="min-w-0 flex-1">
              {step.title}
              <span className="text-ink3"> {wordsOf(step)}</span>
            </span>
            <Button size="small" onClick={() => props.onChoose(step.id)} aria-label={`Show ${step.title}`}>
              Show
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How a step beside stands, in a word or two: its share where it reports one. */
function wordsOf({ stage, kind, progress }: StepView): string {
  if (stage === "waiting") return kind === "manual" ? "waits for a person" : "waits";
  const { done, total } = progress?.progress ?? {};
  if (stage === "running" && done !== undefined && total) return formatPercent(done / total);
  return stage === "running" ? "runs" : WORDS[stage];
}

const WORDS = {
  failed: "failed",
  unknown: "end not known",
  cancelled: "cancelled",
  planned: "",
  done: "done",
  skipped: "skipped",
  undone: "undone",
} as const;
