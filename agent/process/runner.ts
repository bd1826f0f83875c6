import { linkSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { Failure } from "../../domain/failure.ts";
import { Digest } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { ActionContext, RunnerTask } from "./actionContext.ts";
import { replaceFile, syncDirectory } from "./durableFile.ts";
import { endProcesses, untilGone } from "./endProcesses.ts";
import { childrenCpuMs, findMembers, ownIdentity, TASK_MARKER } from "./processTable.ts";
import { abortFailure, ProgramFailure } from "./program.ts";
import { createRunnerContext } from "./runnerContext.ts";
import { createSecretKeeper } from "./secretKeeper.ts";
import { receiveBundle, SECRET_FD } from "./secretPipe.ts";
import type { HowItEnded, RunnerFile, RunnerReport, SpoolPaths } from "./spoolFiles.ts";
import { CancelFile, readSpoolFile, SPOOL_VERSION, spoolPaths, TaskFile } from "./spoolFiles.ts";
import { openSpoolWriter } from "./spoolWriter.ts";

/**
 * The runner: one small process per task, started by the agent, outliving it. It performs the task's action, is the parent of the
 * programs that this runs, keeps their output and their end in the task's spool directory, and says its last word in report.json.
 *
 * Run with the spool directory of the task as its only word and the secrets on descriptor 3; OWN_PROGRAM says as what.
 */

/** The agent's grace is not known when something else asks the runner to stop. */
const DEFAULT_GRACE_MS = 10_000;
/** What an action leaves running without saying so gets less time: the task is over. */
const LEFTOVER_GRACE_MS = 2_000;
/** Time beyond the grace before an action that does not stop is given up. */
const GIVE_UP_MS = 1_000;
/** An agent that cancels ends the programs itself. Only when it has not done so by then, dead perhaps, is it done here. */
const BACKSTOP_MS = 6_000;
/** Beside what else is in its report, a result has to fit into one frame (protocol/agent.ts, 256 KiB). */
const MAX_RESULT_BYTES = 192 * 1024;
const SYNC_EVERY_MS = 1_000;
const RETRY_MS = 500;

/** The runner's clock. One start and the monotonic clock from there on, so that a corrected clock doesn't turn times round. */
function createClock(): () => Instant {
  const startedAt = Date.now();
  const origin = performance.now();
  return () => Instant.parse(Math.round(startedAt + performance.now() - origin));
}

/** Takes the task: a second runner for the same directory finds runner.json there and must not begin. */
function claim(paths: SpoolPaths, startedAt: Instant): void {
  const file: RunnerFile = { version: SPOOL_VERSION, process: ownIdentity(), startedAt };
  const own = `${paths.runner}.${process.pid}`;
  writeFileSync(own, JSON.stringify(file), { mode: 0o600, flush: true });
  try {
    // A link appears whole or not at all, and never replaces what is there.
    linkSync(own, paths.runner);
  } finally {
    rmSync(own);
  }
  syncDirectory(spoolDirOf(paths));
}

const spoolDirOf = (paths: SpoolPaths) => paths.output.slice(0, -"/output".length);

function graceAskedFor(paths: SpoolPaths): number | undefined {
  try {
    return readSpoolFile(paths.cancel, CancelFile)?.graceMs;
  } catch {
    return undefined;
  }
}

/** Loads the action's module and performs the task. */
async function perform(task: TaskFile, context: ActionContext): Promise<Record<string, unknown>> {
  const loaded: unknown = await import(pathToFileURL(task.performModule).href);
  if (typeof loaded !== "object" || loaded === null || !("perform" in loaded) || typeof loaded.perform !== "function") {
    throw new Failure("defect", `${task.performModule} exports no function perform.`);
  }
  const given: RunnerTask = {
    taskId: task.taskId,
    action: task.action,
    arguments: task.arguments,
    inspectFirst: task.inspectFirst,
  };
  const result: unknown = await loaded.perform(given, context);
  if (typeof result !== "object" || result === null || Array.isArray(result)) {
    throw new Failure("defect", `The result of ${task.action} is no record.`);
  }
  return { ...result };
}

/** The exit code of the program that made an action fail, however deep it lies. */
function exitCodeOf(error: unknown): number | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof ProgramFailure) return at.exitCode ?? undefined;
  }
  return undefined;
}

function failedBy(error: unknown, clean: (text: string) => string): HowItEnded {
  const failure =
    error instanceof Failure
      ? error
      : new Failure(
          "defect",
          error instanceof Error ? `${error.name}: ${error.message}` : "Something that is no error was thrown.",
          {
            ...(error instanceof Error && error.stack ? { detail: error.stack } : {}),
          },
        );
  const { code, message, detail } = failure.toReport();
  const exitCode = exitCodeOf(error);
  return {
    outcome: "failed",
    failure: { code, message: clean(message), ...(detail === undefined ? {} : { detail: clean(detail) }) },
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

/** A result that can be written down: it survives JSON, is not too large, and holds no secret. */
function checkResult(result: Record<string, unknown>, isSecretIn: (text: string) => boolean): HowItEnded {
  const text = JSON.stringify(result);
  if (Buffer.byteLength(text) > MAX_RESULT_BYTES) {
    throw new Failure("defect", "The action's result is larger than 192 KiB.");
  }
  if (isSecretIn(text)) throw new Failure("defect", "The action's result held a secret and was withheld.");
  return { outcome: "succeeded", result };
}

async function main(taskDir: string): Promise<void> {
  const now = createClock();
  const startedAt = now();
  const paths = spoolPaths(taskDir);
  const stop = new AbortController();
  const cancel = () => stop.abort(new Failure("cancelled", "The task was cancelled."));
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, cancel);

  const task = readSpoolFile(paths.task, TaskFile);
  if (!task) throw new Failure("defect", `${paths.task} is missing.`);
  claim(paths, startedAt);
  const keeper = createSecretKeeper();
  const writer = openSpoolWriter(paths, { limitBytes: task.outputLimitBytes, now });
  const syncTimer = setInterval(() => writer.sync(), SYNC_EVERY_MS);
  const deadline = setTimeout(() => {
    stop.abort(new Failure("timedOut", `The task took longer than ${task.withinMs / 1000} s and was ended.`));
  }, task.withinMs);
  const graceMs = () => graceAskedFor(paths) ?? DEFAULT_GRACE_MS;
  const patienceMs = () => {
    const asked = graceAskedFor(paths);
    return asked === undefined ? 0 : asked + BACKSTOP_MS;
  };
  const secrets = new Map<string, Buffer>();
  const { context, findings, noteEnded, letGo, close } = createRunnerContext({
    ...{ task, paths, writer, keeper, secrets, signal: stop.signal, graceMs, patienceMs, now },
  });

  async function takeSecrets(expected: readonly string[]): Promise<void> {
    const bundle = receiveBundle(SECRET_FD);
    if (bundle.length > 0) {
      // Loaded only where there is something to open: most tasks need no secret.
      const { openBundle } = await import("../secrets/openBundle.ts");
      for (const [name, bytes] of await openBundle(bundle)) {
        secrets.set(name, bytes);
        keeper.guard(bytes);
      }
    }
    const missing = expected.filter((name) => !secrets.has(name));
    if (missing.length > 0) throw new Failure("secretMissing", `Not sealed for this run: ${missing.join(", ")}.`);
  }

  async function work(given: TaskFile): Promise<HowItEnded> {
    // Anything that escapes the action is its failure and not the runner's death: what it started must still be ended.
    const escaped = new Promise<never>((_, reject) => {
      process.on("uncaughtException", reject);
      process.on("unhandledRejection", reject);
    });
    // An action that takes no notice of the abort is given up, so that what it started is ended and its end is reported.
    const givenUp = new Promise<never>((_, reject) => {
      stop.signal.addEventListener("abort", () => {
        setTimeout(() => reject(abortFailure(stop.signal)), graceMs() + GIVE_UP_MS);
      });
    });
    try {
      await takeSecrets(given.secretNames);
      stop.signal.throwIfAborted();
      return checkResult(await Promise.race([perform(given, context), escaped, givenUp]), keeper.isIn);
    } catch (error) {
      // A program can die of the agent's TERM before the runner has heard its own: the wish on the disk says what it was.
      if (graceAskedFor(paths) !== undefined) return { outcome: "cancelled" };
      if (!stop.signal.aborted) return failedBy(error, keeper.clean);
      const reason = abortFailure(stop.signal);
      return reason.code === "cancelled" ? { outcome: "cancelled" } : failedBy(reason, keeper.clean);
    }
  }

  const ended = await work(task);
  clearTimeout(deadline);
  letGo();
  // The action is over: nothing that it started may go on, unless it was started to (`leavesDaemon`).
  const membership = { marker: { name: TASK_MARKER, value: task.taskId }, sessions: [], group: task.group };
  const leftover = () => findMembers(membership).filter(({ pid }) => pid !== process.pid);
  await untilGone(leftover, patienceMs());
  const ending = await endProcesses(leftover, stop.signal.aborted ? graceMs() : LEFTOVER_GRACE_MS);
  noteEnded(ending.ended);
  close();
  clearInterval(syncTimer);
  await writer.close();
  const cpu = childrenCpuMs();
  const own = process.cpuUsage();
  const { programs, programsOmitted, undo, endedProcesses } = findings();
  const report: RunnerReport = {
    version: SPOOL_VERSION,
    taskId: task.taskId,
    ended,
    startedAt,
    endedAt: now(),
    output: {
      bytes: writer.bytes,
      chunks: writer.chunks,
      droppedBytes: writer.droppedBytes,
      sha256: Digest.parse(writer.digest()),
    },
    usage: {
      userCpuMs: cpu.userMs + Math.round(own.user / 1000),
      systemCpuMs: cpu.systemMs + Math.round(own.system / 1000),
    },
    programs: [...programs],
    programsOmitted,
    undo: [...undo],
    troubles: writer.troubles.map(({ code, since, until }) => ({
      code,
      since: Instant.parse(since),
      until: Instant.parse(until ?? since),
    })),
    endedProcesses: [...endedProcesses],
  };
  keeper.wipe();
  await writeReport(paths, report);
}

/** The last word must not be lost to a full disk: it is tried until it is written. */
async function writeReport(paths: SpoolPaths, report: RunnerReport): Promise<void> {
  for (;;) {
    try {
      replaceFile(paths.report, JSON.stringify(report), { durable: true });
      return;
    } catch {
      await sleep(RETRY_MS);
    }
  }
}

const [, , taskDir] = process.argv;
if (taskDir === undefined) throw new Failure("defect", "The runner needs the spool directory of its task.");
await main(taskDir);
// Whatever an action left open (a timer, a socket) must not keep the process: the report is on the disk.
process.exit(0);
