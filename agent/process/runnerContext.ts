import { Buffer } from "node:buffer";
import { closeSync, fsyncSync, openSync } from "node:fs";
import { Failure } from "../../domain/failure.ts";
import type { Instant } from "../../domain/time.ts";
import type { Progress } from "../../protocol/agent.ts";
import type { ActionContext } from "./actionContext.ts";
import { replaceFile, writeFully } from "./durableFile.ts";
import { openLiveFile } from "./liveFile.ts";
import type { RunningProgram } from "./program.ts";
import { createProgramRunner } from "./program.ts";
import type { SecretKeeper } from "./secretKeeper.ts";
import { showCommand } from "./showCommand.ts";
import type { EndedProcess, ProgramRecord, SpoolPaths, TaskFile } from "./spoolFiles.ts";
import { UndoHint } from "./spoolFiles.ts";
import type { SpoolWriter } from "./spoolWriter.ts";
import { describeWriteError } from "./spoolWriter.ts";
import { createTaskThrottle } from "./taskThrottle.ts";

/** Progress is written at most ten times a second in the long run; a few may come closer together, so that none is late by jitter. */
const PROGRESS_EVERY_MS = 100;
const PROGRESS_BURST = 3;
const MAX_RECORDS = 200;

/** What the runner learns while the action works, for its report. */
export interface RunnerFindings {
  readonly programs: readonly ProgramRecord[];
  readonly programsOmitted: number;
  readonly undo: readonly UndoHint[];
  readonly endedProcesses: readonly EndedProcess[];
}

export interface RunnerContext {
  readonly context: ActionContext;
  findings(): RunnerFindings;
  noteEnded(ended: readonly EndedProcess[]): void;
  /** The action is over: nothing that it started stands any more, so that it hears that it is to end. */
  letGo(): void;
  /** Writes the newest progress, if one is still waiting for its turn. */
  close(): void;
}

function describeRecord({ command, exitCode, signal, startedAt, endedAt }: ProgramRecord): string {
  const how = signal === null ? `exit code ${exitCode}` : signal;
  return `= ${command[0]}: ${how} after ${((endedAt - startedAt) / 1000).toFixed(1)} s`;
}

/**
 * Figures come from programs' output, and a sum gone wrong (a share of nothing, a rest below nothing) must not take the place of the last
 * that made sense. The whole shape is checked where the file is read (supervisedTask.ts): twice cost each line a thirtieth of its way.
 */
const isReckoned = (progress: Progress): boolean =>
  Object.values(progress).every(
    (value) => typeof value !== "number" || (value >= 0 && value < Number.POSITIVE_INFINITY),
  );

/** Says with a progress what holds the task back. What stands has no rate: the last that it had would be untrue anew each second. */
function withThrottle(progress: Progress, throttle: Progress["throttle"]): Progress {
  if (throttle?.because === undefined) return throttle === undefined ? progress : { ...progress, throttle };
  const { etaMs: _, ratePerSecond, ...rest } = progress;
  return { ...rest, ...(ratePerSecond === undefined ? {} : { ratePerSecond: 0 }), throttle };
}

/** Builds the context of one action: programs, notes and progress go into the spool of its task. */
export function createRunnerContext(around: {
  readonly task: TaskFile;
  readonly paths: SpoolPaths;
  readonly writer: SpoolWriter;
  readonly keeper: SecretKeeper;
  readonly secrets: ReadonlyMap<string, Buffer>;
  readonly signal: AbortSignal;
  readonly graceMs: () => number;
  readonly patienceMs: () => number;
  readonly now: () => Instant;
}): RunnerContext {
  const { task, paths, writer, keeper, signal, now } = around;
  const running = new Map<number, RunningProgram>();
  const programs: ProgramRecord[] = [];
  const undo: UndoHint[] = [];
  const endedProcesses: EndedProcess[] = [];
  let programsOmitted = 0;

  const note = (line: string) => {
    void writer.write("note", Buffer.from(`${keeper.clean(line)}\n`));
  };

  const noteEnded = (ended: readonly EndedProcess[]) => {
    endedProcesses.push(...ended.slice(0, 1000 - endedProcesses.length));
    for (const one of ended) note(`! ended ${one.pid} by ${one.by}: ${one.command}`);
  };

  const writeRunning = () => {
    try {
      replaceFile(paths.running, JSON.stringify({ programs: [...running.values()] }), { durable: false });
    } catch {
      // Only a help for a cancel, which finds programs by their environment too.
    }
  };

  const { program, pipeline } = createProgramRunner({
    taskId: task.taskId,
    group: task.group,
    keeper,
    signal,
    graceMs: around.graceMs,
    patienceMs: around.patienceMs,
    now,
    output: (stream, bytes) => writer.write(stream, bytes),
    onBegan(one, { meter }) {
      throttle.programBegan(one.number, one.process.pid, meter);
      running.set(one.number, one);
      writeRunning();
      note(`+ ${showCommand(one.command)}`);
    },
    onEnded(record) {
      throttle.programEnded(record.number);
      running.delete(record.number);
      writeRunning();
      note(describeRecord(record));
      programs.push(record);
      if (programs.length > MAX_RECORDS) {
        programs.shift();
        programsOmitted += 1;
      }
    },
    onEnding: ({ ended }) => noteEnded(ended),
  });

  const progressFile = openLiveFile(paths.progress);
  /** What is still to be written, and what was said last. */
  let newest: Progress | undefined;
  let told: Progress | undefined;
  let progressTimer: NodeJS.Timeout | undefined;
  let allowance = PROGRESS_BURST;
  let countedAt = performance.now();

  /** How long the next progress has to wait, ms. */
  function progressWaitMs(): number {
    const at = performance.now();
    allowance = Math.min(PROGRESS_BURST, allowance + (at - countedAt) / PROGRESS_EVERY_MS);
    countedAt = at;
    return Math.max(0, (1 - allowance) * PROGRESS_EVERY_MS);
  }

  function writeProgress(): void {
    clearTimeout(progressTimer);
    progressTimer = undefined;
    if (!newest) return;
    allowance -= 1;
    try {
      progressFile.write({ at: now(), progress: withThrottle(newest, throttle.shown()) });
    } catch {
      // A full disk: the output's own trouble file says so. The next progress tries again.
    }
    newest = undefined;
  }

  function offerProgress(progress: Progress): void {
    told = progress;
    newest = progress;
    const waitMs = progressWaitMs();
    if (waitMs === 0) writeProgress();
    else progressTimer ??= setTimeout(writeProgress, waitMs);
  }

  /** A program that stands says nothing; so the last that was said is said again, with why. */
  function tellThrottle(): void {
    if (told !== undefined) offerProgress(told);
  }

  const throttle = createTaskThrottle({
    path: paths.throttle,
    taskId: task.taskId,
    group: task.group,
    signal,
    note,
    onChange: tellThrottle,
  });

  const context: ActionContext = {
    program,
    pipeline,
    log: note,
    allow: throttle.allow,
    progress(progress) {
      if (isReckoned(progress)) offerProgress(progress);
    },
    secret(name) {
      const bytes = around.secrets.get(name);
      if (bytes) return bytes;
      throw new Failure("secretMissing", `The secret ${name} was not sent with the task.`);
    },
    guard: keeper.guard,
    recordUndo(hint) {
      const line = `${JSON.stringify(UndoHint.parse(hint))}\n`;
      if (keeper.isIn(line)) throw new Failure("defect", "A hint for undoing held a secret.");
      try {
        const fd = openSync(paths.undo, "a", 0o600);
        try {
          writeFully(fd, Buffer.from(line));
          fsyncSync(fd);
        } finally {
          closeSync(fd);
        }
      } catch (error) {
        const { code, message } = describeWriteError(error, "what would be needed to undo the next change");
        throw new Failure(code, message, { cause: error });
      }
      undo.push(hint);
    },
    signal,
    now,
  };

  return {
    context,
    findings: () => ({ programs, programsOmitted, undo, endedProcesses }),
    noteEnded,
    letGo: throttle.close,
    close() {
      writeProgress();
      progressFile.close();
    },
  };
}
