import { setTimeout as pause } from "node:timers/promises";
import type { RunView } from "../../protocol/http/runs.ts";
import type { PersonClient } from "./personClient.ts";

const POLL_MS = 250;

/** Reads a run again and again until something holds; throws, with where the run stands and why, when it takes too long. */
export async function untilRun(
  client: PersonClient,
  runId: string,
  what: string,
  holds: (run: RunView) => boolean,
  withinMs: number,
): Promise<RunView> {
  const until = Date.now() + withinMs;
  for (;;) {
    const { run } = await client.run(runId);
    if (holds(run)) return run;
    if (Date.now() > until) throw new Error(`${what} took longer than ${withinMs / 1000} s. ${whereItStands(run)}`);
    await pause(POLL_MS);
  }
}

/** Where a run stands, with every trouble in it: for messages to people. */
export function whereItStands(run: RunView): string {
  const failed = [
    ...run.steps.flatMap((step) => (step.failure ? [`${step.title}: ${step.failure.what}`] : [])),
    ...run.checklist.flatMap(({ items }) =>
      items.flatMap((item) => (item.failure ? [`${item.title}: ${item.failure.what}`] : [])),
    ),
    ...run.rollback.steps.flatMap((step) => (step.failure ? [`${step.title}: ${step.failure.what}`] : [])),
    ...run.steps.flatMap((step) =>
      step.judgements
        .filter((judged) => judged.verdict !== "pass")
        .map(
          (judged) =>
            `${step.title}: ${judged.title} (${judged.verdict}) ${JSON.stringify(judged.values).slice(0, 300)}`,
        ),
    ),
  ];
  const story = run.log.slice(-5).map((line) => line.text);
  return [`The run is ${run.stateWord}.`, run.hold?.detail ?? "", ...failed, ...story].filter(Boolean).join("\n  ");
}

/** Prints each step once, as it begins and ends, with the time since the start; before it, with the time of day (UTC). */
export function createStory(say: (line: string) => void): (run: RunView) => void {
  const told = new Set<number>();
  return (run) => {
    for (const line of run.log) {
      if (told.has(line.seq)) continue;
      told.add(line.seq);
      const since =
        run.startedAt === null || line.at < run.startedAt
          ? new Date(line.at).toISOString().slice(11, 19)
          : `T+${((line.at - run.startedAt) / 1000).toFixed(1).padStart(6)}`;
      say(`${since}  ${line.text}`);
    }
  };
}
