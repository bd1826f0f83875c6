import { expect, test } from "vitest";
import { RunId, StepId, taskIdOf } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { JournalEntry, JournalRecord } from "./entries.ts";
import { openWork } from "./openWork.ts";

const RUN = RunId.parse("3f0b8a52-1111-4222-8333-444455556666");
const OTHER = RunId.parse("3f0b8a52-1111-4222-8333-444455557777");
const at = Instant.parse(1_000);
const changes = (action: string) => action !== "host.facts";

function begun(runId: RunId, step: string, action: string): JournalEntry {
  const taskId = taskIdOf(runId, StepId.parse(step), 1);
  const order = { taskId, action, arguments: {}, inspectFirst: false, withinMs: 1_000, secretNames: [] };
  return { type: "taskBegun", order };
}

function reported(runId: RunId, step: string): JournalEntry {
  const taskId = taskIdOf(runId, StepId.parse(step), 1);
  const report = { outcome: "succeeded", startedAt: at, endedAt: at, outputBytes: 0, result: {} } as const;
  return { type: "taskReported", taskId, report };
}

const journal = (...entries: readonly JournalEntry[]): JournalRecord[] =>
  entries.map((entry, i) => ({ seq: i + 1, at, entry }));

test("a run stands open from its first change until the server has told its end, between its tasks too", () => {
  const untilHold = [begun(RUN, "stop", "postgres.stop"), reported(RUN, "stop")];
  expect(openWork(journal(...untilHold), changes)).toEqual({ runs: [{ runId: RUN, since: at }], tasks: [] });
  expect(openWork(journal(...untilHold, { type: "runEnded", runId: RUN }), changes).runs).toEqual([]);
  expect(openWork(journal(...untilHold, { type: "runEnded", runId: OTHER }), changes).runs).toHaveLength(1);
});

test("measuring opens no window, but a measurement that runs is something that runs", () => {
  const measuring = [begun(RUN, "facts", "host.facts")];
  const taskId = taskIdOf(RUN, StepId.parse("facts"), 1);
  expect(openWork(journal(...measuring), changes)).toEqual({
    runs: [],
    tasks: [{ taskId, action: "host.facts", since: at }],
  });
  expect(openWork(journal(...measuring, reported(RUN, "facts")), changes)).toEqual({ runs: [], tasks: [] });
});
