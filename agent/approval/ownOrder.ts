import { Failure } from "../../domain/failure.ts";
import type { PastTask } from "./ownFacts.ts";

/**
 * In which order things may be done on this host, by its own journal and however many signatures ask for it. Against the worst
 * that a lying server could do with a GO that was given: switch to a copy that nobody compared, or copy the old side once more over
 * a new one that PostgreSQL has worked on since.
 *
 * @param run what was done here for the run; and of it, what was just as the text says: a comparison of a directory with itself finds no
 *   difference either
 */
export function assertOwnOrder(
  action: string,
  args: Readonly<Record<string, unknown>>,
  run: { readonly past: readonly PastTask[]; readonly asInText: readonly PastTask[] },
): void {
  if (action === "postgres.pointAt") assertCompared(args.directory, run.asInText);
  if (action === "files.copy") assertNeverSwitchedTo(args.to, run.past);
}

function assertCompared(directory: unknown, past: readonly PastTask[]): void {
  const about = past.filter((task) => task.arguments.to === directory && isOneOf(task.action));
  const last = about.at(-1);
  if (last?.action === "files.verify" && hasPassed(last)) return;
  throw new Failure(
    "outOfOrder",
    last?.action === "files.copy"
      ? `${String(directory)} was copied to after it was last compared. Verify it again on this host.`
      : `This host's journal holds no passed comparison of ${String(directory)} in this run.`,
  );
}

function assertNeverSwitchedTo(directory: unknown, past: readonly PastTask[]): void {
  if (!past.some((task) => task.action === "postgres.pointAt" && task.arguments.directory === directory)) return;
  throw new Failure(
    "outOfOrder",
    `PostgreSQL was switched to ${String(directory)} in this run. A copy over it could lose what was written since.`,
  );
}

function isOneOf(action: string): boolean {
  return action === "files.verify" || action === "files.copy";
}

const MUST_BE_ZERO = ["differing_count", "missing_count", "extra_count", "wrong_owner_count", "required_missing_count"];

function hasPassed({ report }: PastTask): boolean {
  return report?.outcome === "succeeded" && MUST_BE_ZERO.every((name) => report.result[name] === 0);
}
