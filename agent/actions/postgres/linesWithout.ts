import { createContext, Script } from "node:vm";
import { Failure } from "../../../domain/failure.ts";

/** How long all patterns may take over all lines (ms). Good ones take some milliseconds for 16 MiB of log. */
const WITHIN_MS = 2_000;

const FILTER = new Script("lines.filter((line) => !patterns.some((pattern) => pattern.test(line)))");
const given: { lines: readonly string[]; patterns: readonly RegExp[] } = { lines: [], patterns: [] };
const room = createContext(given);

/**
 * The lines that match none of the patterns. Those are an author's, and one that goes back and forth without end would stop the process that
 * it is in: a probe's is the agent itself. Only a script of its own can be broken off in the middle of a pattern.
 */
export function linesWithout(lines: readonly string[], patterns: readonly RegExp[]): readonly string[] {
  if (patterns.length === 0) return lines;
  try {
    Object.assign(given, { lines, patterns });
    const left: Iterable<string> = FILTER.runInContext(room, { timeout: WITHIN_MS });
    return [...left];
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new Failure(
      "argumentsInvalid",
      `The patterns of \`benign\` take longer than ${WITHIN_MS / 1000} s over this log. One of them goes back and forth: (a+)+ and its like.`,
    );
  } finally {
    Object.assign(given, { lines: [], patterns: [] });
  }
}

/** Not by its class: it may be that of another room. */
const isTimeout = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
