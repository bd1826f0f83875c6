import type { z } from "zod";
import type { FailureCode } from "../../domain/failure.ts";
import { Failure } from "../../domain/failure.ts";

/**
 * One call of an external program: what to run and how to read its end. Each file in this folder makes such calls for one
 * program, parses what that program prints, and knows its exit codes. Nothing here runs anything: agent/process does.
 */
export interface ToolCall {
  /** Name looked up on the runner's PATH, or an absolute path. */
  readonly file: string;
  /** Arguments, one by one; never a shell string. Values stand after `--` wherever the program knows it. */
  readonly args: readonly string[];
  /** Debian package that brings the program, for the message when it is missing. */
  readonly debianPackage?: string;
  /** Exit codes that are answers; any other is a failure. Absent: 0 alone. */
  readonly acceptExitCodes?: readonly number[];
  /** Which failure an exit code means, judged with the end of stderr. Absent: `programFailed`. */
  readonly failureOf?: EndJudge;
}

/** Says which failure an end means. Its table, where it goes by one, is there for the documentation. */
export interface EndJudge {
  (exitCode: number, stderr: string): FailureCode;
  readonly table?: ExitTable;
}

/** What a program's exit codes mean, and what its words mean, which are more exact. */
export interface ExitTable {
  readonly byExitCode: Readonly<Record<number, FailureCode>>;
  readonly clues: readonly StderrClue[];
}

/** A line of an exit table: the first whose `says` is found in stderr (or that has none) names the failure. */
export interface StderrClue {
  readonly says: RegExp;
  readonly means: FailureCode;
}

/** Faults that any program can meet, by the words of the C library (LC_ALL=C is always set). */
export const COMMON_CLUES: readonly StderrClue[] = [
  { says: /No space left on device|Disk quota exceeded/, means: "diskFull" },
  { says: /Input\/output error|Structure needs cleaning|Read-only file system/, means: "ioError" },
  { says: /Permission denied|Operation not permitted|must be superuser|only root/i, means: "notPermitted" },
];

/** Judges an end by the words of stderr first (they are more exact), then by the exit code. */
export function failureBy(
  byExitCode: Readonly<Record<number, FailureCode>>,
  clues: readonly StderrClue[] = [],
): EndJudge {
  const all = [...clues, ...COMMON_CLUES];
  const judge = (exitCode: number, stderr: string) =>
    all.find(({ says }) => says.test(stderr))?.means ?? byExitCode[exitCode] ?? "programFailed";
  return Object.assign(judge, { table: { byExitCode, clues: all } });
}

/** Reads a program's JSON. Throws `outputUnreadable`, naming the program, for anything else than it is known to print. */
export function readJson<S extends z.ZodType>(output: string, shape: S, program: string): z.infer<S> {
  try {
    return shape.parse(JSON.parse(output));
  } catch (cause) {
    throw new Failure("outputUnreadable", `What ${program} printed is not what it is known to print.`, { cause });
  }
}
