import type { TaskId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { Progress } from "../../protocol/agent.ts";
import type { ToolCall } from "../tools/toolCall.ts";
import type { UndoHint } from "./spoolFiles.ts";

/** One task as the runner gets it: an action with its arguments, already checked and authorised by the agent. */
export interface RunnerTask {
  readonly taskId: TaskId;
  readonly action: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** True after an unknown outcome: look first, act only on what is missing. */
  readonly inspectFirst: boolean;
}

/** What a module given to the runner exports. The record it resolves to is the task's result and must survive JSON. */
export type Perform = (task: RunnerTask, context: ActionContext) => Promise<Record<string, unknown>>;

/** Where a program's standard output goes. */
export type StdoutTarget =
  /** Into the task's output, for people (the default). */
  | { readonly to: "spool" }
  /** Only to the callbacks and the captured beginning: listings that are data and not a story. */
  | { readonly to: "callbacks" }
  /** Straight into a new file, unseen by us and therefore unredacted; removed again when the program or its pipeline fails. */
  | { readonly to: "file"; readonly path: string; readonly mode: number };

/** One run of one program. */
export interface ProgramSpec extends ToolCall {
  /** Written to standard input, which is then closed. Without it standard input is empty. The Buffer stays the caller's. */
  readonly input?: Buffer;
  /** Descriptors 3 and up from which the program can read a secret, also by the path `/dev/fd/N`. */
  readonly secretFds?: readonly { readonly fd: number; readonly bytes: Buffer }[];
  /** Working directory; `/` when absent. */
  readonly cwd?: string;
  /** Added to the minimal environment (PATH, LC_ALL=C, TZ=UTC). Never a secret. */
  readonly env?: Readonly<Record<string, string>>;
  /** The user to run as, where that is not the agent's own. */
  readonly as?: { readonly uid: number; readonly gid: number };
  /** After so many ms the program and all it started are ended, and the failure is `timedOut`. */
  readonly timeoutMs?: number;
  readonly stdout?: StdoutTarget;
  /** Every chunk of standard output, redacted, as it comes. Not called for `to: "file"`. */
  readonly onStdoutBytes?: (bytes: Buffer) => void;
  /** Every line of standard output, redacted, without its end; one of more than 64 KiB is cut there. Ends are LF, CR or both. */
  readonly onStdoutLine?: (line: string, isCut: boolean) => void;
  /** How much of standard output the result keeps (bytes; default 1 MiB). */
  readonly captureBytes?: number;
  /**
   * True for a program that leaves a daemon behind on purpose (`pg_ctl start`). It then runs without the task's marker, so that
   * a later cancel doesn't take the daemon with it.
   */
  readonly leavesDaemon?: boolean;
  /**
   * Which of its bytes count as the task's progress, where a throttle limits them: those that the program itself reads or writes. Absent:
   * it stands when the task does, but has no rate of its own. In a pipeline one program has a meter, since all do the same work.
   */
  readonly meter?: "read" | "written";
}

/** CPU time in ms and peak memory in bytes; null where it could not be told (programs that overlapped, or ended too soon). */
export interface ProgramUsage {
  readonly userCpuMs: number | null;
  readonly systemCpuMs: number | null;
  readonly maxRssBytes: number | null;
}

/** How a program ended, when its exit code was one of the accepted ones. */
export interface ProgramResult {
  readonly exitCode: number;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** The beginning of standard output, redacted, up to `captureBytes`. */
  readonly stdout: Buffer;
  /** Length of all standard output in bytes, after redaction. 0 for `to: "file"`. */
  readonly stdoutBytes: number;
  /** True when `stdout` is only the beginning. */
  readonly isStdoutCut: boolean;
  /** The end of standard error, redacted, up to 64 KiB. */
  readonly stderrTail: Buffer;
  readonly usage: ProgramUsage;
}

/** What an action may do. Everything it does to the host goes through here. */
export interface ActionContext {
  /** Runs one program to its end. Throws a Failure when it can't start, ends badly, is too slow, or the task is cancelled. */
  program(spec: ProgramSpec): Promise<ProgramResult>;
  /** Runs programs side by side, each reading what the one before wrote. One failure ends them all. At least two. */
  pipeline(specs: readonly ProgramSpec[]): Promise<readonly ProgramResult[]>;
  /** Tells how far it is; shown at most ten times a second, the last one always. */
  progress(progress: Progress): void;
  /**
   * Asked before work that the action does itself and not a program: how much of `wanted` may be done now. Resolves when something may,
   * at once where no throttle limits it; rejects when the task is cancelled.
   */
  allow(wanted: number, unit: "bytes" | "rows"): Promise<number>;
  /** A sentence for the log. */
  log(line: string): void;
  /** A secret that was sent with the task. Wiped when the task ends. Throws `secretMissing`. */
  secret(name: string): Buffer;
  /** Makes a secret that the action derived itself known, so that it is redacted, refused in arguments, and wiped at the end. */
  guard(secret: Buffer): void;
  /** Remembers, on disk before it returns, what would be needed to undo the next change. Throws `diskFull`. */
  recordUndo(hint: UndoHint): void;
  /** Aborted when the task is cancelled or out of time; its reason is the Failure. */
  readonly signal: AbortSignal;
  now(): Instant;
}
