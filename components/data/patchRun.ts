import type { BrowserFrame } from "../../protocol/browser.ts";
import type { RunReader, RunView } from "../../protocol/http/runs.ts";

/** What `GET /api/runs/<id>` answers. */
export interface RunAnswer {
  readonly run: RunView;
  readonly reader: RunReader;
}

type FrameOf<Type extends BrowserFrame["type"]> = Extract<BrowserFrame, { type: Type }>;

/**
 * Lays live progress over a run that was read. A frame of a task that the view doesn't have, or one older than what it shows,
 * changes nothing: frames and reads come in any order.
 */
export function withProgress(answer: RunAnswer, frames: readonly FrameOf<"progress">[]): RunAnswer {
  const newest = new Map<string, FrameOf<"progress">>();
  for (const frame of frames) if ((newest.get(frame.taskId)?.at ?? 0) <= frame.at) newest.set(frame.taskId, frame);
  let changed = false;
  const patched = <Step extends LiveStep>(step: Step): Step => {
    const frame = step.taskId === null ? undefined : newest.get(step.taskId);
    if (!frame || step.stage !== "running" || (step.progress?.at ?? 0) >= frame.at) return step;
    changed = true;
    return { ...step, progress: { at: frame.at, progress: frame.progress } };
  };
  const run = withSteps(answer.run, patched);
  return changed ? { ...answer, run } : answer;
}

type LiveStep = Pick<RunView["steps"][number], "taskId" | "stage" | "progress">;

function withSteps(run: RunView, change: <Step extends LiveStep>(step: Step) => Step): RunView {
  return {
    ...run,
    steps: run.steps.map((step) => change(step)),
    rollback: { ...run.rollback, steps: run.rollback.steps.map((step) => change(step)) },
  };
}

/** The run without what changes several times a second; what shows none of it need not be drawn again for it. */
export function withoutProgress(answer: RunAnswer): RunAnswer {
  return { ...answer, run: withSteps(answer.run, (step) => ({ ...step, progress: null })) };
}

/** Notes that a host's line came or went; its last sign of life is the moment at which it went. */
export function withHost(answer: RunAnswer, frame: FrameOf<"hostChanged">): RunAnswer {
  if (!answer.run.hosts.some(({ hostId }) => hostId === frame.hostId)) return answer;
  const hosts = answer.run.hosts.map((host) =>
    host.hostId === frame.hostId ? { ...host, connected: frame.connected, lastSeenAt: frame.at } : host,
  );
  return { ...answer, run: { ...answer.run, hosts } };
}

/** A read that was overtaken by a newer one is thrown away, whichever came in last. */
export function newerOf(known: RunAnswer | undefined, read: RunAnswer): RunAnswer {
  if (!known || read.run.runId !== known.run.runId || read.run.seq >= known.run.seq) return keepProgress(known, read);
  return known;
}

// The stored progress is up to a second older than what came by socket: a bar must not go back.
function keepProgress(known: RunAnswer | undefined, read: RunAnswer): RunAnswer {
  if (!known) return read;
  const shown = new Map([...known.run.steps, ...known.run.rollback.steps].map((step) => [step.taskId, step.progress]));
  const newer = <Step extends LiveStep>(step: Step): Step => {
    const before = step.taskId === null ? null : (shown.get(step.taskId) ?? null);
    return before && before.at > (step.progress?.at ?? 0) ? { ...step, progress: before } : step;
  };
  return { ...read, run: withSteps(read.run, newer) };
}
