import { formatDuration } from "../../domain/format/duration.ts";
import type { RunView } from "../../protocol/http/runs.ts";

/** The steps of the rollback with their planned times, as they would be carried out now. */
export function PlanList(props: { run: RunView }) {
  return (
    <ol className="flex flex-col gap-0.5 text-ink2 text-label">
      {props.run.rollback.steps.map((step, place) => (
        <li key={step.id} className="flex justify-between gap-3">
          <span>
            {place + 1} {step.title}
          </span>
          <span className="whitespace-nowrap">{formatDuration(step.plannedMs)}</span>
        </li>
      ))}
    </ol>
  );
}
