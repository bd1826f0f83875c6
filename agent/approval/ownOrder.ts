import { Failure } from "../../domain/failure.ts";
import type { PastTask } from "./ownFacts.ts";

/**
 * What must have passed on this host, by its own journal, before an action may run, however many signatures ask for it. The worst
 * that a lying server could do is to switch to a copy that nobody compared.
 */
export function assertOwnOrder(
  action: string,
  args: Readonly<Record<string, unknown>>,
  past: readonly PastTask[],
): void {
  if (action !== "postgres.pointAt") return;
  const directory = args.directory;
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

function isOneOf(action: string): boolean {
  return action === "files.verify" || action === "files.copy";
}

const MUST_BE_ZERO = ["differing_count", "missing_count", "extra_count", "wrong_owner_count", "required_missing_count"];

function hasPassed({ report }: PastTask): boolean {
  return report?.outcome === "succeeded" && MUST_BE_ZERO.every((name) => report.result[name] === 0);
}
