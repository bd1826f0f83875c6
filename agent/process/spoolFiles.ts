import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { FailureCode, FailureReport } from "../../domain/failure.ts";
import { Digest, TaskId } from "../../domain/ids.ts";
import { ThrottleSetting } from "../../domain/throttle/setting.ts";
import { Instant } from "../../domain/time.ts";
import { errnoOf } from "./durableFile.ts";

/**
 * The files of one task's spool directory and their shapes. docs/agent-spool.md is their description; a change of a shape is a
 * new version there and here. No file ever holds a secret.
 */
export const SPOOL_VERSION = 1;

/** Where each file of a task's spool directory is. */
export function spoolPaths(taskDir: string) {
  return {
    task: join(taskDir, "task.json"),
    runner: join(taskDir, "runner.json"),
    output: join(taskDir, "output"),
    running: join(taskDir, "running.json"),
    progress: join(taskDir, "progress.json"),
    trouble: join(taskDir, "trouble.json"),
    undo: join(taskDir, "undo.jsonl"),
    cancel: join(taskDir, "cancel.json"),
    throttle: join(taskDir, "throttle.json"),
    report: join(taskDir, "report.json"),
    runnerLog: join(taskDir, "runner.log"),
    reserve: join(taskDir, "reserve"),
  } as const;
}
export type SpoolPaths = ReturnType<typeof spoolPaths>;

/** task.json: the order, written by the agent before the runner is started. */
export const TaskFile = z.strictObject({
  version: z.literal(SPOOL_VERSION),
  taskId: TaskId,
  action: z.string().max(63),
  arguments: z.record(z.string(), z.unknown()),
  inspectFirst: z.boolean(),
  /** Longest time in ms; the runner itself ends the task then. */
  withinMs: z.int().min(1),
  /** Absolute path of the module that exports `perform`. */
  performModule: z.string().startsWith("/"),
  /** Names of the secrets that the agent will send through descriptor 3. */
  secretNames: z.array(z.string().max(63)).max(20),
  /** Most bytes that the output may take on disk. */
  outputLimitBytes: z.int().min(65_536),
  orderedAt: Instant,
  /** The control group in which the task runs, as a path; absent where the host gave none. */
  group: z.string().startsWith("/").optional(),
});
export type TaskFile = z.infer<typeof TaskFile>;

/** A process, named so that a later process with the same number is not taken for it. */
export const ProcessIdentity = z.strictObject({
  pid: z.int().min(1),
  /** Start of the process in clock ticks since boot (field 22 of /proc/PID/stat). */
  startTicks: z.int().min(0),
  bootId: z.string().max(64),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** runner.json: written by the runner before it does anything. Its absence proves that nothing was done. */
export const RunnerFile = z.strictObject({
  version: z.literal(SPOOL_VERSION),
  process: ProcessIdentity,
  startedAt: Instant,
});
export type RunnerFile = z.infer<typeof RunnerFile>;

/** running.json: the programs that run right now; each leads a session of its own. */
export const RunningFile = z.strictObject({
  programs: z
    .array(
      z.strictObject({
        number: z.int().min(1),
        command: z.array(z.string()).min(1),
        process: ProcessIdentity,
        startedAt: Instant,
      }),
    )
    .max(100),
});
export type RunningFile = z.infer<typeof RunningFile>;

/** trouble.json: there while output can't be written; the programs are held meanwhile. */
export const TroubleFile = z.strictObject({
  code: FailureCode,
  message: z.string().max(2000),
  since: Instant,
});
export type TroubleFile = z.infer<typeof TroubleFile>;

/** One line of undo.jsonl: something the action will need to undo its next change, such as a restart policy it replaces. */
export const UndoHint = z.strictObject({
  kind: z.string().max(63),
  facts: z.record(z.string().max(63), z.union([z.string().max(4000), z.number(), z.boolean(), z.null()])),
});
export type UndoHint = z.infer<typeof UndoHint>;

/** cancel.json: the agent's wish, kept so that an agent that starts in the middle of a cancel goes on with it. */
export const CancelFile = z.strictObject({ askedAt: Instant, graceMs: z.int().min(0) });
export type CancelFile = z.infer<typeof CancelFile>;

/** throttle.json: how much the task may take of its host. Written by the agent while the task runs; absent: all it can get. */
export const ThrottleFile = z.strictObject({
  /** Within the ceiling of agent.yaml. */
  setting: ThrottleSetting,
  /** Who said so last: the run's log, or the owner of this host. */
  from: z.enum(["server", "owner"]),
  /** Number of the newest event of the run that was heard here; an older order changes nothing. 0: none. */
  order: z.int().min(0),
  /** Why automatic work rests now. Written anew each second, because it counts only while somebody looks at the host. */
  backOff: z.strictObject({ because: z.string().max(400), at: Instant }).optional(),
});
export type ThrottleFile = z.infer<typeof ThrottleFile>;

/** One process that was ended, and by which signal. */
export const EndedProcess = z.strictObject({
  pid: z.int(),
  command: z.string().max(400),
  by: z.enum(["TERM", "KILL"]),
});
export type EndedProcess = z.infer<typeof EndedProcess>;

/** One program that ran, with all that the operating system told about its end. */
export const ProgramRecord = z.strictObject({
  number: z.int().min(1),
  command: z.array(z.string()).min(1),
  startedAt: Instant,
  endedAt: Instant,
  exitCode: z.int().nullable(),
  signal: z.string().max(16).nullable(),
  isTimedOut: z.boolean(),
  userCpuMs: z.number().min(0).nullable(),
  systemCpuMs: z.number().min(0).nullable(),
  maxRssBytes: z.number().min(0).nullable(),
});
export type ProgramRecord = z.infer<typeof ProgramRecord>;

const HowItEnded = z.discriminatedUnion("outcome", [
  z.strictObject({ outcome: z.literal("succeeded"), result: z.record(z.string(), z.unknown()) }),
  z.strictObject({ outcome: z.literal("failed"), failure: FailureReport, exitCode: z.int().optional() }),
  z.strictObject({ outcome: z.literal("cancelled") }),
]);
export type HowItEnded = z.infer<typeof HowItEnded>;

/** report.json: the runner's last word, on disk before it exits. */
export const RunnerReport = z.strictObject({
  version: z.literal(SPOOL_VERSION),
  taskId: TaskId,
  ended: HowItEnded,
  startedAt: Instant,
  endedAt: Instant,
  output: z.strictObject({
    /** Length of the whole output in bytes, dropped ones included. */
    bytes: z.int().min(0),
    chunks: z.int().min(0),
    droppedBytes: z.int().min(0),
    /** Of all of it, dropped bytes included. Absent in what a runner of before wrote. */
    sha256: Digest.optional(),
  }),
  usage: z.strictObject({ userCpuMs: z.number().min(0), systemCpuMs: z.number().min(0) }),
  /** The newest 200 programs. */
  programs: z.array(ProgramRecord).max(200),
  programsOmitted: z.int().min(0),
  undo: z.array(UndoHint),
  /** Times during which the output could not be written. */
  troubles: z.array(z.strictObject({ code: FailureCode, since: Instant, until: Instant })).max(100),
  /** Processes that the runner ended itself: of a program out of time, or at the end of the task. */
  endedProcesses: z.array(EndedProcess).max(1000),
});
export type RunnerReport = z.infer<typeof RunnerReport>;

/** Reads one of these files; undefined when it is not there. Throws on what is not of its shape. */
export function readSpoolFile<S extends z.ZodType>(path: string, shape: S): z.infer<S> | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  return shape.parse(JSON.parse(text));
}
