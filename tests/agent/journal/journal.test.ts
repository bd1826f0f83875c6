import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Journal, JournalOptions } from "../../../agent/journal/journal.ts";
import { openJournal } from "../../../agent/journal/journal.ts";
import { Fact } from "../../../domain/fact/fact.ts";
import type { TaskId } from "../../../domain/ids.ts";
import { Digest, RunId, StepId, taskIdOf } from "../../../domain/ids.ts";
import type { TaskReport } from "../../../domain/run/taskReport.ts";
import { Instant } from "../../../domain/time.ts";

const runId = RunId.parse("3f0b8a52-1111-4222-8333-444455556666");
const head = (hex: string) => Digest.parse(hex.repeat(32));
const now = () => Instant.parse(Date.now());
const order = (taskId: TaskId) => ({
  taskId,
  action: "files.copy",
  arguments: { from: "/a", to: "/b" },
  inspectFirst: false,
  withinMs: 60_000,
  secretNames: ["operational"],
});
const succeeded: TaskReport = {
  outcome: "succeeded",
  startedAt: Instant.parse(1),
  endedAt: Instant.parse(2),
  outputBytes: 100,
  result: { files: 3 },
};
const copy = taskIdOf(runId, StepId.parse("copy"), 1);
const verify = taskIdOf(runId, StepId.parse("verify"), 1);

let dir = "";
let open: Journal[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "slackwater-journal-"));
  open = [];
});
afterEach(async () => {
  for (const journal of open) await journal.close().catch(() => undefined);
  rmSync(dir, { recursive: true, force: true });
});
const file = () => join(dir, "journal.log");
async function opened(options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await openJournal(dir, { now, ...options });
  open.push(journal);
  return journal;
}
async function reopened(journal: Journal, options: Partial<JournalOptions> = {}): Promise<Journal> {
  await journal.close();
  return opened(options);
}

test("what was begun, reported and acknowledged is known again after a restart", async () => {
  let journal = await opened();
  await journal.begin(order(copy));
  await journal.begin(order(verify));
  await journal.end(copy, succeeded);
  await journal.acknowledge(copy, { outputBytes: 40 });
  await journal.askCancel(verify, 5_000);
  await journal.noteChainHead(runId, head("ab"));
  journal = await reopened(journal);
  expect(journal.find(copy)).toMatchObject({
    order: order(copy),
    report: succeeded,
    outputAcknowledgedBytes: 40,
    isReportAcknowledged: false,
  });
  expect(journal.unfinishedTasks().map(({ taskId }) => taskId)).toEqual([verify]);
  expect(journal.find(verify)?.cancelGraceMs).toBe(5_000);
  expect(journal.openTasks()).toHaveLength(2);
  expect(journal.tasksOfRun(runId)).toHaveLength(2);
  expect(journal.chainHeads().get(runId)).toBe(head("ab"));
  await journal.acknowledge(copy, { outputBytes: 100, report: true });
  expect(journal.openTasks().map(({ taskId }) => taskId)).toEqual([verify]);
});

test("a refusal is remembered, and is nothing that runs", async () => {
  let journal = await opened();
  await journal.refuse(copy, { code: "notAuthorised", message: "no GO" });
  journal = await reopened(journal);
  expect(journal.find(copy)).toMatchObject({ refused: { code: "notAuthorised" }, order: undefined });
  expect(journal.openTasks()).toEqual([]);
});

test("facts wait until they are acknowledged", async () => {
  const journal = await opened();
  const hostId = "3f0b8a52-1111-4222-8333-444455550000";
  const fact = (value: number) =>
    Fact.parse({ name: "db.size_bytes", value, measuredAt: 5, source: { kind: "task", taskId: copy, hostId } });
  await journal.noteFact(runId, fact(1));
  await journal.noteFact(runId, fact(2));
  const [first] = journal.unacknowledgedFacts();
  await journal.acknowledgeFacts(first?.seq ?? 0);
  expect(journal.unacknowledgedFacts().map((one) => one.fact.value)).toEqual([2]);
  expect((await reopened(journal)).latestFact(runId, "db.size_bytes")?.fact.value).toBe(2);
});

test("a torn end is cut off, told, and written over", async () => {
  let journal = await opened();
  await journal.begin(order(copy));
  await journal.begin(order(verify));
  await journal.close();
  truncateSync(file(), statSync(file()).size - 30);
  journal = await opened();
  expect(journal.tornBytes).toBeGreaterThan(0);
  expect(journal.find(verify)).toBeUndefined();
  await journal.begin(order(verify));
  journal = await reopened(journal);
  expect(journal.tornBytes).toBe(0);
  expect(journal.unfinishedTasks()).toHaveLength(2);
});

test("damage in the middle stops the agent instead of letting it forget what it did", async () => {
  const journal = await opened();
  await journal.begin(order(copy));
  await journal.begin(order(verify));
  await journal.close();
  const text = readFileSync(file());
  text[40] = 0x58;
  writeFileSync(file(), text);
  await expect(opened()).rejects.toMatchObject({ code: "journalDamaged" });
  writeFileSync(file(), "");
  await expect(opened()).resolves.toBeDefined();
});

test("an entry of a newer version stops an older agent", async () => {
  const journal = await opened();
  await journal.begin(order(copy));
  await journal.close();
  const json = '{"seq":9,"at":5,"entry":{"type":"timeTravelled"}}';
  const crc = spawnSync(process.execPath, [
    "-e",
    `process.stdout.write(require("zlib").crc32(${JSON.stringify(json)}).toString(16).padStart(8,"0"))`,
  ]);
  appendFileSync(file(), `${crc.stdout} ${json}\n`);
  await expect(opened()).rejects.toMatchObject({ code: "journalDamaged" });
});

test("two agents can't have one journal, and a dead one's lock is taken over", async () => {
  const journal = await opened();
  await expect(openJournal(dir, { now })).rejects.toMatchObject({ code: "alreadyRunning" });
  await journal.close();
  const program = `
    import { openJournal } from ${JSON.stringify(resolve("agent/journal/journal.ts"))};
    await openJournal(${JSON.stringify(dir)}, { now: () => Date.now() });
    process.kill(process.pid, "SIGKILL");
  `;
  expect(spawnSync(process.execPath, ["--input-type=module", "-e", program]).signal).toBe("SIGKILL");
  await expect(opened()).resolves.toBeDefined();
});

test("a thousand entries at once are each on the disk, with a few syncs", async () => {
  const journal = await opened();
  const startedAt = performance.now();
  const tasks = Array.from({ length: 1_000 }, (_, i) => taskIdOf(runId, StepId.parse("copy"), i + 1));
  await Promise.all(tasks.map((taskId) => journal.begin(order(taskId))));
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect((await reopened(journal)).unfinishedTasks()).toHaveLength(1_000);
});

test("the file stays bounded over many runs, and unfinished tasks live through it", async () => {
  const options = { compactAtBytes: 20_000, retention: { settledForMs: 1_000_000, settledTasks: 5 } };
  let journal = await opened(options);
  await journal.begin(order(verify));
  for (let i = 1; i <= 300; i += 1) {
    const taskId = taskIdOf(runId, StepId.parse("copy"), i);
    await journal.begin(order(taskId));
    await journal.end(taskId, succeeded);
    await journal.acknowledge(taskId, { outputBytes: 100, report: true });
    await journal.noteChainHead(runId, head(i % 2 ? "ab" : "cd"));
  }
  expect(statSync(file()).size).toBeLessThan(45_000);
  journal = await reopened(journal, options);
  expect(journal.unfinishedTasks().map(({ taskId }) => taskId)).toEqual([verify]);
  expect(journal.find(taskIdOf(runId, StepId.parse("copy"), 300))).toMatchObject({ isReportAcknowledged: true });
  expect(journal.chainHeads().get(runId)).toBe(head("cd"));
});

test("an entry that could not be read again is refused and not written", async () => {
  let journal = await opened();
  await expect(journal.noteChainHead(runId, "nonsense" as Digest)).rejects.toThrow();
  await journal.begin({ ...order(copy), arguments: { odd: undefined, not: Number.NaN } });
  journal = await reopened(journal);
  expect(journal.find(copy)?.order?.arguments).toEqual({ not: null });
});
