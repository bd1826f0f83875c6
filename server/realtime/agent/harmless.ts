import type { FailureReport } from "../../../domain/failure.ts";
import type { TaskReport } from "../../../domain/run/taskReport.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import type { HealthSample, Progress } from "../../../protocol/agent.ts";

/**
 * What a host says of itself, made harmless to show and possible to believe. An agent is not trusted with a screen: its texts may
 * hold terminal sequences, its numbers may be impossible. Nothing is refused for that; it is cut to its range, and marked.
 */
const inOneLine = (text: string, longest: number): string =>
  toSafeText(Buffer.from(text)).replaceAll("\n", "\\n").replaceAll("\t", "\\t").slice(0, longest);

const LONGEST_ETA_MS = 31_622_400_000;
/** Faster than any memory: 1 TB/s. */
const FASTEST_PER_SECOND = 1e12;

/** Progress within its range: never over 100 %, never a number that a page can't show. */
export function harmlessProgress(said: Progress): { readonly progress: Progress; readonly clamped: boolean } {
  const most = (value: number, limit: number | undefined): number =>
    Math.min(value, limit ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const progress: Progress = { ...said, done: most(said.done, said.total) };
  if (said.total !== undefined) progress.total = most(said.total, undefined);
  if (said.filesDone !== undefined) progress.filesDone = most(said.filesDone, said.filesTotal);
  if (said.ratePerSecond !== undefined) progress.ratePerSecond = most(said.ratePerSecond, FASTEST_PER_SECOND);
  if (said.etaMs !== undefined) progress.etaMs = most(said.etaMs, LONGEST_ETA_MS);
  const clamped = (["done", "total", "filesDone", "ratePerSecond", "etaMs"] as const).some(
    (name) => progress[name] !== said[name],
  );
  if (said.item !== undefined) progress.item = inOneLine(said.item, 1000);
  if (said.throttle?.because !== undefined) {
    progress.throttle = { ...said.throttle, because: inOneLine(said.throttle.because, 400) };
  }
  return { progress, clamped };
}

/** Health with texts that can be shown; its numbers are in range by schema, and no file system has more free than it has. */
export function harmlessHealth(said: HealthSample): HealthSample {
  return {
    ...said,
    memoryUsedBytes: Math.min(said.memoryUsedBytes, said.memoryTotalBytes),
    fileSystems: said.fileSystems.map((system) => ({
      path: inOneLine(system.path, 400),
      totalBytes: system.totalBytes,
      freeBytes: Math.min(system.freeBytes, system.totalBytes),
    })),
    ...(said.postgres?.state === "down"
      ? { postgres: { state: "down" as const, error: inOneLine(said.postgres.error, 400) } }
      : {}),
  };
}

/** A failure with texts that can be shown. */
export function harmlessFailure(said: FailureReport): FailureReport {
  return {
    code: said.code,
    message: toSafeText(Buffer.from(said.message)).slice(0, 2000),
    ...(said.detail === undefined ? {} : { detail: toSafeText(Buffer.from(said.detail)).slice(-8000) }),
  };
}

/** A report whose failure can be shown. Results are typed by their action and escaped where they are made. */
export function harmlessReport(said: TaskReport): TaskReport {
  return "failure" in said ? { ...said, failure: harmlessFailure(said.failure) } : said;
}

/** One line of a host's own words, for an incident or a probe's detail. */
export function harmlessLine(said: string): string {
  return inOneLine(said, 400);
}
