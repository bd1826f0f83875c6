import { pipeline as connect } from "node:stream/promises";
import { Failure } from "../../domain/failure.ts";
import { toSafeText } from "../../domain/text/safeText.ts";
import type { Instant } from "../../domain/time.ts";
import type { ProgramResult, ProgramSpec, ProgramUsage } from "./actionContext.ts";
import type { Ending } from "./endProcesses.ts";
import { endProcesses, untilGone } from "./endProcesses.ts";
import { childrenCpuMs, findMembers, PROGRAM_MARKER, peakMemoryBytes, TASK_MARKER } from "./processTable.ts";
import type { OutputSink, ReadOutput } from "./programOutput.ts";
import { readOutput } from "./programOutput.ts";
import type { Spawned } from "./programSpawn.ts";
import { spawnProgram } from "./programSpawn.ts";
import type { SecretKeeper } from "./secretKeeper.ts";
import type { ProcessIdentity, ProgramRecord } from "./spoolFiles.ts";

/** Grace of a program that is out of time, between TERM and KILL. */
const TIMEOUT_GRACE_MS = 5_000;
/**
 * How often a program's greatest memory is asked for: at first so often, and then every tenth of the time that it has run, since asking costs
 * milliseconds of a busy host. The system keeps the greatest itself; only what is added after the last question is missed.
 */
const MEMORY_SAMPLE_MS = { least: 200, most: 5_000, share: 0.1 };

/** A program that ended otherwise than accepted. */
export class ProgramFailure extends Failure {
  readonly exitCode: number | null;
  readonly signal: string | null;

  constructor(of: Failure, ended: { exitCode: number | null; signal: string | null }) {
    super(of.code, of.message, { cause: of.cause, ...(of.detail === undefined ? {} : { detail: of.detail }) });
    this.exitCode = ended.exitCode;
    this.signal = ended.signal;
  }
}

/** A program while it runs. */
export interface RunningProgram {
  /** Counts the programs of a task from 1. */
  readonly number: number;
  readonly command: readonly [string, ...string[]];
  readonly process: ProcessIdentity;
  readonly startedAt: Instant;
}

/** What programs run within: a task's runner, or the agent itself for a short look at the host. */
export interface ProgramHost {
  /** Stands in the environment of everything that is started. */
  readonly taskId: string;
  readonly keeper: SecretKeeper;
  /** Aborted: no program is started any more, running ones are ended; its reason is the Failure that is then thrown. */
  readonly signal: AbortSignal;
  /** Time in ms between TERM and KILL when aborted. */
  readonly graceMs: () => number;
  /**
   * How long, when aborted, somebody else is left to end the programs before it is done here; 0 where nobody else does. Two that end
   * the same processes would say TERM twice, and neither could tell how they ended.
   */
  readonly patienceMs: () => number;
  readonly now: () => Instant;
  readonly output: OutputSink;
  readonly onBegan: (program: RunningProgram, spec: ProgramSpec) => void;
  readonly onEnded: (record: ProgramRecord) => void;
  /** Processes that had to be ended here. */
  readonly onEnding: (ending: Ending) => void;
  /** The control group of the task, if it has one. */
  readonly group?: string | undefined;
}

/** Runs programs, one by one or side by side. */
export interface ProgramRunner {
  program(spec: ProgramSpec): Promise<ProgramResult>;
  pipeline(specs: readonly ProgramSpec[]): Promise<readonly ProgramResult[]>;
}

interface Run {
  readonly spec: ProgramSpec;
  readonly running: RunningProgram;
  readonly spawned: Spawned;
  readonly ending: () => Promise<void>;
}

type Outcome =
  | { readonly kind: "done"; readonly result: ProgramResult }
  | { readonly kind: "failed"; readonly failure: Failure; readonly signal: string | null };

/** How a program's end reads in one sentence, with the last line that it complained with. */
function describeEnd(
  spec: ProgramSpec,
  end: { exitCode: number | null; signal: string | null },
  stderr: string,
): string {
  const how = end.signal === null ? `ended with exit code ${end.exitCode}` : `was ended by ${end.signal}`;
  const lastWords = stderr.trimEnd().split("\n").at(-1)?.trim().slice(0, 400);
  return `${spec.file} ${how}${lastWords ? `: ${lastWords}` : ""}`;
}

/** Makes a runner of programs. */
export function createProgramRunner(host: ProgramHost): ProgramRunner {
  let count = 0;
  let alive = 0;
  /** Grows whenever two programs overlap, since their CPU times can't be told apart then. */
  let overlaps = 0;

  async function begin(spec: ProgramSpec, isPiped: boolean): Promise<Run> {
    host.signal.throwIfAborted();
    count += 1;
    const number = count;
    const programId = `${host.taskId}/${number}`;
    const markers = { [TASK_MARKER]: host.taskId, [PROGRAM_MARKER]: programId };
    const spawned = await spawnProgram(spec, { keeper: host.keeper, markers, isPiped, group: host.group });
    const running = {
      number,
      command: [spec.file, ...spec.args],
      process: spawned.process,
      startedAt: host.now(),
    } as const;
    host.onBegan(running, spec);
    let ending: Promise<void> | undefined;
    const find = () => findMembers({ marker: { name: PROGRAM_MARKER, value: programId }, sessions: [spawned.process] });
    const end = async () => {
      if (host.signal.aborted) await untilGone(find, host.patienceMs());
      host.onEnding(await endProcesses(find, host.signal.aborted ? host.graceMs() : TIMEOUT_GRACE_MS));
    };
    const endOnce = () => {
      ending ??= end();
      return ending;
    };
    return { spec, running, spawned, ending: endOnce };
  }

  /** Feeds what the spec has for standard input. A program that doesn't want it is no failure: its exit code tells. */
  function feed({ spec, spawned }: Run): void {
    if (!spec.input || !spawned.stdin) return;
    spawned.stdin.on("error", () => undefined);
    spawned.stdin.end(spec.input);
  }

  function sampleMemory(pid: number): { stop: () => number | null } {
    const { least, most, share } = MEMORY_SAMPLE_MS;
    const beganMs = performance.now();
    let peak: number | null = null;
    let timer: NodeJS.Timeout | undefined;
    const sample = () => {
      peak = Math.max(peak ?? 0, peakMemoryBytes(pid) ?? 0) || null;
      timer = setTimeout(sample, Math.min(most, Math.max(least, share * (performance.now() - beganMs))));
    };
    sample();
    return {
      stop() {
        clearTimeout(timer);
        return peak;
      },
    };
  }

  async function finish(run: Run, isStdoutTaken: boolean): Promise<Outcome> {
    const { spec, spawned, running } = run;
    const beganAlone = alive === 0;
    if (!beganAlone) overlaps += 1;
    alive += 1;
    const overlapsBefore = overlaps;
    const cpuBefore = childrenCpuMs();
    const memory = sampleMemory(spawned.process.pid);
    let isTimedOut = false;
    const timer =
      spec.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            isTimedOut = true;
            void run.ending();
          }, spec.timeoutMs);
    const onAbort = () => void run.ending();
    host.signal.addEventListener("abort", onAbort);
    if (host.signal.aborted) onAbort();
    const reading = readOutput({ ...spawned, stdout: isStdoutTaken ? null : spawned.stdout }, spec, {
      keeper: host.keeper,
      sink: host.output,
    });
    const end = await spawned.exited;
    const endedAt = host.now();
    clearTimeout(timer);
    const maxRssBytes = memory.stop();
    const cpuAfter = childrenCpuMs();
    alive -= 1;
    const isAlone = beganAlone && overlaps === overlapsBefore;
    const usage: ProgramUsage = {
      userCpuMs: isAlone ? cpuAfter.userMs - cpuBefore.userMs : null,
      systemCpuMs: isAlone ? cpuAfter.systemMs - cpuBefore.systemMs : null,
      maxRssBytes,
    };
    const output = await reading;
    if (isTimedOut || host.signal.aborted) await run.ending();
    host.signal.removeEventListener("abort", onAbort);
    host.onEnded({
      number: running.number,
      command: [...running.command],
      startedAt: running.startedAt,
      endedAt,
      ...end,
      isTimedOut,
      ...usage,
    });
    return judge(run, end, { output, usage, endedAt, isTimedOut });
  }

  function judge(
    { spec, running }: Run,
    end: { exitCode: number | null; signal: string | null },
    seen: { output: ReadOutput; usage: ProgramUsage; endedAt: Instant; isTimedOut: boolean },
  ): Outcome {
    const { exitCode, signal } = end;
    const failed = (failure: Failure): Outcome => ({ kind: "failed", failure, signal });
    if (host.signal.aborted) return failed(abortFailure(host.signal));
    if (exitCode !== null && (spec.acceptExitCodes ?? [0]).includes(exitCode) && !seen.isTimedOut) {
      const { output, usage, endedAt } = seen;
      return { kind: "done", result: { exitCode, startedAt: running.startedAt, endedAt, ...output, usage } };
    }
    const stderr = toSafeText(seen.output.stderrTail);
    const code = seen.isTimedOut
      ? "timedOut"
      : exitCode === null
        ? "programFailed"
        : spec.failureOf?.(exitCode, stderr);
    const message = seen.isTimedOut
      ? `${spec.file} took longer than ${(spec.timeoutMs ?? 0) / 1000} s and was ended.`
      : describeEnd(spec, end, stderr);
    return failed(
      new ProgramFailure(new Failure(code ?? "programFailed", message, { detail: stderr.slice(-8000) }), end),
    );
  }

  async function settle(run: Run, isStdoutTaken: boolean): Promise<Outcome> {
    const outcome = await finish(run, isStdoutTaken);
    run.spawned.finish(outcome.kind === "done");
    return outcome;
  }

  async function program(spec: ProgramSpec): Promise<ProgramResult> {
    const run = await begin(spec, false);
    feed(run);
    const outcome = await settle(run, false);
    if (outcome.kind === "failed") throw outcome.failure;
    return outcome.result;
  }

  async function pipeline(specs: readonly ProgramSpec[]): Promise<readonly ProgramResult[]> {
    const runs: Run[] = [];
    try {
      for (const [i, spec] of specs.entries()) runs.push(await begin(spec, i > 0));
    } catch (error) {
      await Promise.all(runs.map((run) => run.ending().then(() => settle(run, false))));
      throw error;
    }
    const [first] = runs;
    if (first) feed(first);
    /** Those whose output was not read to its end. What they fail with after that is a consequence, whatever their exit code is. */
    const cutOff = new Set<Run>();
    const links = runs.slice(1).map(async (run, i) => {
      const before = runs[i];
      const from = before?.spawned.stdout;
      const to = run.spawned.stdin;
      if (before && from && to) await connect(from, to).catch(() => void cutOff.add(before));
    });
    const failures: (Extract<Outcome, { kind: "failed" }> & { readonly isCutOff: boolean })[] = [];
    const outcomes = await Promise.all(
      runs.map(async (run, i) => {
        const outcome = await finish(run, i < runs.length - 1);
        if (outcome.kind === "failed") {
          const isCutOff = cutOff.has(run);
          failures.push({ ...outcome, isCutOff });
          // Who stopped reading may still be at work, and its exit code is the one that tells.
          if (!isCutOff) await Promise.all(runs.map((other) => other !== run && other.ending()));
        }
        return outcome;
      }),
    );
    await Promise.all(links);
    for (const run of runs) run.spawned.finish(failures.length === 0);
    // The first to fail of its own accord: the others end by a broken pipe (by SIGPIPE, or with an exit code, since a pipe of Node's is a
    // socket that is reset), or because we ended them.
    const fault =
      failures.find(({ signal, isCutOff }) => signal === null && !isCutOff) ??
      failures.find(({ signal }) => signal === null) ??
      failures.find(({ signal }) => signal !== "SIGPIPE") ??
      failures[0];
    if (fault) throw fault.failure;
    return outcomes.flatMap((outcome) => (outcome.kind === "done" ? [outcome.result] : []));
  }

  return { program, pipeline };
}

/** The reason of an abort as a Failure. */
export function abortFailure(signal: AbortSignal): Failure {
  const reason: unknown = signal.reason;
  return reason instanceof Failure ? reason : new Failure("cancelled", "The task was cancelled.");
}
