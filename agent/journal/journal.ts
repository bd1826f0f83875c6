import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { Fact } from "../../domain/fact/fact.ts";
import type { FailureReport } from "../../domain/failure.ts";
import { Failure } from "../../domain/failure.ts";
import type { Digest, RunId, TaskId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import type { Instant } from "../../domain/time.ts";
import { syncDirectory, writeFully } from "../process/durableFile.ts";
import { describeWriteError } from "../process/spoolWriter.ts";
import type { Retention } from "./compact.ts";
import { compact, DEFAULT_RETENTION } from "./compact.ts";
import type { JournalledOrder, JournalRecord } from "./entries.ts";
import { JournalEntry } from "./entries.ts";
import { decodeJournal, encodeLine } from "./journalLine.ts";
import { takeLock } from "./lock.ts";
import type { TaskMemory } from "./taskMemory.ts";
import { isOpen, isUnfinished, remember } from "./taskMemory.ts";

/** A fact with its place in the journal, by which it is acknowledged. */
export interface JournalledFact {
  readonly seq: number;
  readonly at: Instant;
  readonly runId: RunId;
  readonly fact: Fact;
}

/**
 * What an agent remembers across its own death. Every method that returns a promise has the entry on the disk when it resolves, and
 * rejects with `diskFull` or `ioError` when it could not be brought there: nothing is then remembered, and nothing must be done.
 */
export interface Journal {
  begin(order: JournalledOrder): Promise<void>;
  refuse(taskId: TaskId, failure: FailureReport): Promise<void>;
  askCancel(taskId: TaskId, graceMs: number): Promise<void>;
  end(taskId: TaskId, report: TaskReport): Promise<void>;
  acknowledge(taskId: TaskId, what: { readonly outputBytes?: number; readonly report?: true }): Promise<void>;
  noteChainHead(runId: RunId, head: Digest): Promise<void>;
  /** Said once of a run that this journal knows; of another it would say nothing. */
  noteRunEnded(runId: RunId): Promise<void>;
  noteFact(runId: RunId, fact: Fact): Promise<void>;
  acknowledgeFacts(through: number): Promise<void>;

  find(taskId: TaskId): TaskMemory | undefined;
  /** In the order in which they were begun. */
  tasksOfRun(runId: RunId): readonly TaskMemory[];
  /** Begun, and not yet known how they ended. */
  unfinishedTasks(): readonly TaskMemory[];
  /** Unfinished, or with a report or output that the server has not acknowledged. */
  openTasks(): readonly TaskMemory[];
  unacknowledgedFacts(): readonly JournalledFact[];
  /** The newest value of a fact that was measured for a run. */
  latestFact(runId: RunId, name: string): JournalledFact | undefined;
  /** The newest chain head that was seen of each run. */
  chainHeads(): ReadonlyMap<RunId, Digest>;
  /** Bytes of a torn last write that were cut off when the journal was opened; 0 after a clean end. */
  readonly tornBytes: number;
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly now: () => Instant;
  readonly retention?: Retention;
  /** Size in bytes at which the file is rewritten without what may be let go. Default 8 MiB, then twice what was left. */
  readonly compactAtBytes?: number;
}

interface Waiting {
  readonly entry: JournalEntry;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const DEFAULT_COMPACT_AT_BYTES = 8 * 1024 * 1024;

/**
 * Opens the journal in `directory`, which is made when it is not there. Throws `alreadyRunning` while another agent has it open and
 * `journalDamaged` when anything but its very end is damaged: an agent must not guess what it has already done.
 */
export async function openJournal(directory: string, options: JournalOptions): Promise<Journal> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const unlock = takeLock(join(directory, "journal.lock"), `the journal in ${directory}`);
  try {
    return await openLocked(directory, options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function readJournal(path: string): { records: readonly JournalRecord[]; soundBytes: number; tornBytes: number } {
  if (!existsSync(path)) return { records: [], soundBytes: 0, tornBytes: 0 };
  const text = readFileSync(path);
  const { records, soundBytes, damagedLine } = decodeJournal(text);
  if (damagedLine !== undefined) {
    throw new Failure("journalDamaged", `Line ${damagedLine} of ${path} is damaged and is not the last one.`);
  }
  return { records, soundBytes, tornBytes: text.length - soundBytes };
}

/** Writes a whole journal beside the old one and puts it in its place. */
function rewrite(path: string, records: readonly JournalRecord[]): void {
  const fd = openSync(`${path}.new`, "w", 0o600);
  try {
    writeFully(fd, Buffer.from(records.map(encodeLine).join("")));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.new`, path);
  syncDirectory(join(path, ".."));
}

async function openLocked(directory: string, options: JournalOptions, unlock: () => void): Promise<Journal> {
  const path = join(directory, "journal.log");
  const read = readJournal(path);
  let records = [...read.records];
  let sizeBytes = read.soundBytes;
  let compactAtBytes = options.compactAtBytes ?? DEFAULT_COMPACT_AT_BYTES;
  let seq = records.at(-1)?.seq ?? 0;
  const tasks = new Map<TaskId, TaskMemory>();
  const heads = new Map<RunId, Digest>();
  const endedRuns = new Set<RunId>();
  let facts: JournalledFact[] = [];
  let factsThrough = 0;
  const waiting: Waiting[] = [];
  let pumping: Promise<void> | undefined;
  let broken: Failure | undefined;

  function apply(record: JournalRecord): void {
    const { seq: place, at, entry } = record;
    const task = remember(tasks, record);
    if (task) tasks.set(task.taskId, task);
    if (entry.type === "runEnded") endedRuns.add(entry.runId);
    if (entry.type === "headSeen") heads.set(entry.runId, entry.head);
    if (entry.type === "factMeasured") facts.push({ seq: place, at, runId: entry.runId, fact: entry.fact });
    if (entry.type === "factsAcknowledged") factsThrough = Math.max(factsThrough, entry.through);
  }

  /** Builds the memory anew from what is left, so that it is bounded as the file is. */
  function recall(from: readonly JournalRecord[]): void {
    tasks.clear();
    heads.clear();
    endedRuns.clear();
    facts = [];
    for (const record of from) apply(record);
  }

  recall(records);
  let file = await open(path, "a", 0o600);
  if (read.tornBytes > 0) await file.truncate(read.soundBytes);
  syncDirectory(directory);

  async function letGo(): Promise<void> {
    const kept = compact(records, options.now(), options.retention ?? DEFAULT_RETENTION);
    await file.close();
    rewrite(path, kept);
    file = await open(path, "a", 0o600);
    records = kept;
    recall(kept);
    sizeBytes = (await file.stat()).size;
    compactAtBytes = Math.max(options.compactAtBytes ?? DEFAULT_COMPACT_AT_BYTES, 2 * sizeBytes);
  }

  /** Whatever part of a refused write got there is cut off again, so that the next entry stands on a line of its own. */
  function cutTorn(): void {
    try {
      ftruncateSync(file.fd, sizeBytes);
    } catch (error) {
      const { message } = describeWriteError(error, "the agent's journal");
      broken = new Failure("journalDamaged", `${message} Its end can't be mended while the agent runs.`, {
        cause: error,
      });
    }
  }

  /** Brings all that waits to the disk with one write and one sync, again and again until nothing waits. */
  async function pump(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0);
      const fresh = batch.map(({ entry }, i) => ({ seq: seq + 1 + i, at: options.now(), entry }));
      const bytes = Buffer.from(fresh.map(encodeLine).join(""));
      try {
        await file.appendFile(bytes);
        await file.datasync();
      } catch (error) {
        cutTorn();
        const { code, message } = describeWriteError(error, "the agent's journal");
        const failure = new Failure(code, message, { cause: error });
        for (const { failed } of batch) failed(failure);
        continue;
      }
      seq += fresh.length;
      sizeBytes += bytes.length;
      records.push(...fresh);
      for (const record of fresh) apply(record);
      for (const { done } of batch) done();
      // A rewrite that fails (a full disk) leaves the long file as it is; the next batch tries again.
      if (sizeBytes > compactAtBytes) await letGo().catch(async () => reopen());
    }
  }

  async function reopen(): Promise<void> {
    file = await open(path, "a", 0o600);
    sizeBytes = (await file.stat()).size;
    compactAtBytes = 2 * sizeBytes;
  }

  async function append(given: JournalEntry): Promise<void> {
    if (broken) throw broken;
    // As it will be read again: what could not be read would keep the agent from starting.
    const entry = JournalEntry.parse(JSON.parse(JSON.stringify(given)));
    await new Promise<void>((resolve, reject) => {
      waiting.push({ entry, done: resolve, failed: reject });
      pumping ??= pump().finally(() => {
        pumping = undefined;
      });
    });
  }

  return {
    begin: (order) => append({ type: "taskBegun", order }),
    refuse: (taskId, failure) => append({ type: "taskRefused", taskId, failure }),
    askCancel: (taskId, graceMs) => append({ type: "cancelAsked", taskId, graceMs }),
    end: (taskId, report) => append({ type: "taskReported", taskId, report }),
    async acknowledge(taskId, { outputBytes, report }) {
      await Promise.all([
        outputBytes === undefined ? undefined : append({ type: "outputAcknowledged", taskId, outputBytes }),
        report === undefined ? undefined : append({ type: "reportAcknowledged", taskId }),
      ]);
    },
    async noteChainHead(runId, head) {
      if (heads.get(runId) !== head) await append({ type: "headSeen", runId, head });
    },
    async noteRunEnded(runId) {
      const isKnown = heads.has(runId) || [...tasks.values()].some((task) => task.runId === runId);
      if (isKnown && !endedRuns.has(runId)) await append({ type: "runEnded", runId });
    },
    noteFact: (runId, fact) => append({ type: "factMeasured", runId, fact }),
    acknowledgeFacts: (through) => append({ type: "factsAcknowledged", through }),
    find: (taskId) => tasks.get(taskId),
    tasksOfRun: (runId) => [...tasks.values()].filter((task) => task.runId === runId),
    unfinishedTasks: () => [...tasks.values()].filter(isUnfinished),
    openTasks: () => [...tasks.values()].filter(isOpen),
    unacknowledgedFacts: () => facts.filter((fact) => fact.seq > factsThrough),
    latestFact: (runId, name) => facts.findLast((one) => one.runId === runId && one.fact.name === name),
    chainHeads: () => heads,
    tornBytes: read.tornBytes,
    async close() {
      await pumping;
      await file.close();
      unlock();
    },
  };
}
