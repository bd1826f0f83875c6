import type { RunView } from "../../protocol/http/runs.ts";

/** A log that can be chosen: a task's output, whichever is newest, or the run's story. */
export interface LogSource {
  readonly value: string;
  readonly label: string;
  /** Null for the story, and while there is no task. */
  readonly taskId: string | null;
  readonly fileName: string | undefined;
}

/** Follows whichever task began last. */
export const NEWEST = "newest";
/** The run's own story: its events, in sentences. */
export const STORY = "story";

/** The logs of a run: the newest task's first, then the story, then every task, newest first. */
export function logSources(run: RunView): readonly LogSource[] {
  const begun = [
    ...run.steps.map((step) => ({ ...step, nth: step.number })),
    ...run.rollback.steps.map((step, place) => ({ ...step, nth: place + 1 })),
  ]
    .filter((step) => step.taskId !== null && step.beganAt !== null)
    .toSorted((a, b) => (b.beganAt ?? 0) - (a.beganAt ?? 0));
  const tasks = begun.map(
    (step): LogSource => ({
      value: step.taskId ?? step.id,
      label: step.nth === null ? step.title : `${step.nth} ${step.title}`,
      taskId: step.taskId,
      fileName: step.id,
    }),
  );
  const [newest] = tasks;
  return [
    {
      value: NEWEST,
      label: newest ? `Newest: ${newest.label}` : "Newest task",
      taskId: newest?.taskId ?? null,
      fileName: newest?.fileName,
    },
    { value: STORY, label: "What happened", taskId: null, fileName: undefined },
    ...tasks,
  ];
}
