import type { FactTree } from "../runbook/compiled.ts";
import { valueAtName } from "../runbook/nestedNames.ts";
import type { PlannedDuration } from "../runbook/schema.ts";
import { parseDuration } from "../time.ts";

const GIB = 1_073_741_824;

/** How long something is planned to take. `assumed`: the size it grows with is not known, so the least is taken. */
export interface PlannedMs {
  readonly ms: number;
  readonly assumed: boolean;
}

/**
 * Reads a planned duration: as written, or so much per GiB of a size fact, at least so long. A stale size is better than none
 * for planning: pass the facts that were ever measured.
 */
export function plannedDurationMs(lasts: PlannedDuration, facts: FactTree): PlannedMs {
  if (typeof lasts === "string") return { ms: parseDuration(lasts) ?? 0, assumed: false };
  const atLeastMs = lasts.atLeast === undefined ? 0 : (parseDuration(lasts.atLeast) ?? 0);
  const sizeBytes = valueAtName(facts, lasts.of);
  if (typeof sizeBytes !== "number") return { ms: atLeastMs, assumed: true };
  const perGiBMs = parseDuration(lasts.perGiB) ?? 0;
  return { ms: Math.max(atLeastMs, Math.round((sizeBytes / GIB) * perGiBMs)), assumed: false };
}
