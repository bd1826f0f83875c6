import { existsSync, readFileSync } from "node:fs";
import type { FailureReport } from "../../domain/failure.ts";
import { Failure } from "../../domain/failure.ts";
import type { TaskId } from "../../domain/ids.ts";
import type { CancelReceipt, TaskReport } from "../../domain/run/taskReport.ts";
import type { Instant } from "../../domain/time.ts";
import { errnoOf } from "./durableFile.ts";
import { endTask } from "./endTask.ts";
import type { HostProcess } from "./processTable.ts";
import { bootId } from "./processTable.ts";
import type { EndedProcess, SpoolPaths } from "./spoolFiles.ts";
import { RunnerFile, RunnerReport, readSpoolFile, UndoHint } from "./spoolFiles.ts";
import { openSpoolReader } from "./spoolReader.ts";

/** Grace of what a dead runner has left running. */
const ORPHAN_GRACE_MS = 10_000;

/** The receipt of a cancel: each process once, with what could not be ended among what is left. */
export function receiptOf(
  endings: readonly (readonly EndedProcess[])[],
  stillThere: readonly HostProcess[],
  left: CancelReceipt["left"],
): CancelReceipt {
  const byPid = new Map(endings.flat().map((one) => [one.pid, one]));
  const processes = stillThere.map((one) => ({
    kind: "process" as const,
    what: `${one.pid}: ${one.command} (state ${one.state})`.slice(0, 1000),
    cleanUp:
      "It waits in the kernel for a disk or a network file system. It ends when that answers, or with a restart of the host.",
  }));
  return { ended: inFrame([...byPid.values()], 1000), left: inFrame([...processes, ...left], 200) };
}

/** Each list of a receipt in bytes: with both, a report still fits into one frame (protocol/agent.ts, 256 KiB). */
const MAX_LIST_BYTES = 96 * 1024;

/** As many as may travel: a report that fits no frame would never arrive, and its run would wait for ever. */
function inFrame<T>(items: readonly T[], most: number): T[] {
  const kept: T[] = [];
  let bytes = 0;
  for (const item of items.slice(0, most)) {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes > MAX_LIST_BYTES) break;
    kept.push(item);
  }
  return kept;
}

/** The report of a task whose runner could not be started at all. */
export function notStarted(error: unknown, at: Instant): TaskReport {
  const failure =
    error instanceof Failure
      ? error
      : new Failure("programFailed", "The runner could not be started.", { cause: error });
  return { outcome: "failed", startedAt: at, endedAt: at, outputBytes: 0, failure: failure.toReport() };
}

/** The report of a task whose runner has said its last word. */
export function taskReportOf(
  { ended, startedAt, endedAt, output, endedProcesses }: RunnerReport,
  receipt: CancelReceipt | undefined,
  left: CancelReceipt["left"],
): TaskReport {
  const digest = output.sha256 === undefined ? {} : { outputSha256: output.sha256 };
  const times = { startedAt, endedAt, outputBytes: output.bytes, ...digest };
  switch (ended.outcome) {
    case "succeeded":
      return { outcome: "succeeded", ...times, result: ended.result };
    case "failed": {
      const exit = ended.exitCode === undefined ? {} : { exitCode: ended.exitCode };
      return { outcome: "failed", ...times, failure: ended.failure, ...exit };
    }
    case "cancelled": {
      const whole = receiptOf([endedProcesses, receipt?.ended ?? []], [], receipt?.left ?? left);
      return { outcome: "cancelled", ...times, receipt: whole };
    }
    default:
      return ended satisfies never;
  }
}

/**
 * The report of a task whose runner is gone without a word. What it ran is ended, since nobody sees its output and its end any more
 * and the next attempt must find a still host. After a cancel that is a `cancelled`; else nobody can tell: `unknown`.
 */
export async function reportOfLost(
  taskId: TaskId,
  paths: SpoolPaths,
  receipt: CancelReceipt | undefined,
  now: () => Instant,
): Promise<TaskReport> {
  const runner = readRunner(paths);
  const orphans = receipt ? undefined : await endTask(taskId, paths, ORPHAN_GRACE_MS);
  const times = { startedAt: runner?.startedAt ?? now(), endedAt: now(), outputBytes: await readableBytes(paths) };
  if (receipt) return { outcome: "cancelled", ...times, receipt };
  const commands = [...(orphans?.ended ?? []), ...(orphans?.left ?? [])].map(({ command }) => command);
  return { outcome: "unknown", ...times, failure: whyUnknown(paths, runner, commands) };
}

function whyUnknown(paths: SpoolPaths, runner: RunnerFile | undefined, ended: readonly string[]): FailureReport {
  const also = ended.length > 0 ? ` What it had started was ended: ${ended.join("; ")}` : "";
  return { code: "unknownOutcome", message: `${whyLost(paths, runner)}${also}`.slice(0, 2000) };
}

function whyLost(paths: SpoolPaths, runner: RunnerFile | undefined): string {
  if (!existsSync(paths.task)) return "The spool directory of the task is gone.";
  if (!runner) return "The agent ended before the task was begun: nothing of it was done.";
  if (runner.process.bootId !== bootId()) return "The host was restarted while the task ran.";
  return "The runner of the task was ended before it could report.";
}

/** The last word of a runner; undefined while there is none. */
export function readReport(paths: SpoolPaths): RunnerReport | undefined {
  try {
    return readSpoolFile(paths.report, RunnerReport);
  } catch {
    // It is put in its place whole: what can't be read is damage, and as good as none.
    return undefined;
  }
}

function readRunner(paths: SpoolPaths): RunnerFile | undefined {
  try {
    return readSpoolFile(paths.runner, RunnerFile);
  } catch {
    return undefined;
  }
}

/** Bytes of output that can still be read, damaged pieces counted as what they were. */
async function readableBytes(paths: SpoolPaths): Promise<number> {
  const reader = openSpoolReader(paths.output, 0);
  try {
    while ((await reader.read()).length > 0);
    return reader.offset;
  } catch {
    return reader.offset;
  } finally {
    await reader.close();
  }
}

/** What was written down for undoing. */
export function readUndo(paths: SpoolPaths): readonly UndoHint[] {
  try {
    const lines = readFileSync(paths.undo, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => UndoHint.parse(JSON.parse(line)));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
