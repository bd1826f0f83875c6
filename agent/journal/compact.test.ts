import fc from "fast-check";
import { expect, test } from "vitest";
import type { TaskId } from "../../domain/ids.ts";
import { Digest, RunId, StepId, taskIdOf } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import { compact } from "./compact.ts";
import type { JournalEntry, JournalRecord } from "./entries.ts";
import { openWork } from "./openWork.ts";
import type { TaskMemory } from "./taskMemory.ts";
import { isOpen, remember } from "./taskMemory.ts";

const RUNS = ["3f0b8a52-1111-4222-8333-444455556666", "3f0b8a52-1111-4222-8333-444455557777"].map((id) =>
  RunId.parse(id),
);
const NOW = Instant.parse(1_000_000);
const RETENTION = { settledForMs: 500_000, settledTasks: 3 };

const taskId = fc
  .tuple(fc.constantFrom(...RUNS), fc.constantFrom("stop", "copy", "start"), fc.integer({ min: 1, max: 3 }))
  .map(([run, step, attempt]) => taskIdOf(run, StepId.parse(step), attempt));

const entry: fc.Arbitrary<JournalEntry> = fc.oneof(
  taskId.map(
    (id): JournalEntry => ({
      type: "taskBegun",
      order: { taskId: id, action: "files.copy", arguments: {}, inspectFirst: false, withinMs: 1_000, secretNames: [] },
    }),
  ),
  taskId.map(
    (id): JournalEntry => ({
      type: "taskReported",
      taskId: id,
      report: { outcome: "succeeded", startedAt: NOW, endedAt: NOW, outputBytes: 10, result: {} },
    }),
  ),
  fc
    .tuple(taskId, fc.nat(12))
    .map(([id, outputBytes]): JournalEntry => ({ type: "outputAcknowledged", taskId: id, outputBytes })),
  taskId.map((id): JournalEntry => ({ type: "reportAcknowledged", taskId: id })),
  fc
    .tuple(fc.constantFrom(...RUNS), fc.constantFrom("aa", "bb"))
    .map(([runId, hex]): JournalEntry => ({ type: "headSeen", runId, head: Digest.parse(hex.repeat(32)) })),
  fc.constantFrom(...RUNS).map((runId): JournalEntry => ({ type: "runEnded", runId })),
  fc.nat(40).map((through): JournalEntry => ({ type: "factsAcknowledged", through })),
);

const journal = fc.array(fc.tuple(entry, fc.nat(60_000)), { maxLength: 40 }).map((entries) => {
  let at = 0;
  return entries.map(([one, laterMs], i): JournalRecord => {
    at = Math.min(at + laterMs, NOW);
    return { seq: i + 1, at: Instant.parse(at), entry: one };
  });
});

function memoryOf(records: readonly JournalRecord[]): Map<TaskId, TaskMemory> {
  const tasks = new Map<TaskId, TaskMemory>();
  for (const record of records) {
    const task = remember(tasks, record);
    if (task) tasks.set(task.taskId, task);
  }
  return tasks;
}

test("whatever is let go, every task that is unfinished or unacknowledged is remembered exactly as before", () => {
  fc.assert(
    fc.property(journal, (records) => {
      const before = [...memoryOf(records).values()].filter(isOpen);
      const after = memoryOf(compact(records, NOW, RETENTION));
      for (const task of before) expect(after.get(task.taskId)).toEqual(task);
    }),
    { numRuns: 1000 },
  );
});

/** What is remembered after letting go, apart from the task of the last record, which stays whatever it is about. */
function keptOf(records: readonly JournalRecord[]): Map<TaskId, TaskMemory> {
  const kept = memoryOf(compact(records, NOW, RETENTION));
  const last = records.at(-1);
  for (const id of last ? memoryOf([last]).keys() : []) kept.delete(id);
  return kept;
}

test("a task is kept whole or not at all", () => {
  fc.assert(
    fc.property(journal, (records) => {
      const before = memoryOf(records);
      for (const [id, task] of keptOf(records)) expect(task).toEqual(before.get(id));
    }),
  );
});

test("what is left is bounded: at most so many settled tasks, and one head of each run and the last", () => {
  fc.assert(
    fc.property(journal, (records) => {
      const settled = [...keptOf(records).values()].filter((task) => !isOpen(task));
      expect(settled.length).toBeLessThanOrEqual(RETENTION.settledTasks);
      const heads = compact(records, NOW, RETENTION).filter(({ entry: one }) => one.type === "headSeen");
      expect(heads.length).toBeLessThanOrEqual(RUNS.length);
    }),
  );
});

test("a run whose end was told does not stand open again, and none that runs is forgotten", () => {
  const open = (records: readonly JournalRecord[]) => openWork(records, () => true);
  fc.assert(
    fc.property(journal, (records) => {
      const before = open(records);
      const after = open(compact(records, NOW, RETENTION));
      expect(before.runs.map(({ runId }) => runId)).toEqual(
        expect.arrayContaining(after.runs.map(({ runId }) => runId)),
      );
      expect(after.tasks).toEqual(before.tasks);
    }),
  );
});

test("numbers never come back: what is left keeps its own, in order, and the last one stays", () => {
  fc.assert(
    fc.property(journal, (records) => {
      const kept = compact(records, NOW, RETENTION).map(({ seq }) => seq);
      expect(kept).toEqual([...kept].sort((a, b) => a - b));
      expect(kept.at(-1)).toBe(records.at(-1)?.seq);
    }),
  );
});

test("letting go twice lets go of nothing more", () => {
  fc.assert(
    fc.property(journal, (records) => {
      const once = compact(records, NOW, RETENTION);
      expect(compact(once, NOW, RETENTION)).toEqual(once);
    }),
  );
});
