import { FactValue } from "../../fact/fact.ts";
import { later } from "../../time.ts";
import type { ProbeSample } from "../intents.ts";
import type { Turn } from "../turn.ts";
import { emitFacts } from "./concludeStep.ts";

/** Samples come each second or so; as facts of the log they are kept so often at most, unless they have to be fresher. */
const KEEP_EVERY_MS = 60_000;
/** So often within the time that a fact may be old: one sample that is late makes it not unknown. */
const KEPT_WHILE_FRESH = 3;

/**
 * Keeps a probe's value as the fact that the runbook names for it: once a minute, or three times within the time that it may be old. A fact
 * that goes stale between two keepings would be unknown half of the time, and one that is kept too seldom would say that a rollback
 * loses nothing while users write. A sample that failed measured nothing.
 */
export function keepProbeFact(turn: Turn, probeId: string, sample: ProbeSample): void {
  const probe = turn.plan.probes[probeId];
  const value = FactValue.safeParse(sample.value);
  if (probe?.fact === undefined || !sample.ok || !value.success || turn.state.stage === "ended") return;
  const host = turn.state.hosts[probe.host];
  const known = turn.state.facts[probe.fact];
  // The host's clock may be ahead: a fact from the future would stay fresh for too long, and keep newer ones out.
  const measuredAt = sample.at < turn.now ? sample.at : turn.now;
  const freshForMs = turn.plan.freshForMs[probe.fact];
  const everyMs = Math.min(KEEP_EVERY_MS, (freshForMs ?? Number.POSITIVE_INFINITY) / KEPT_WHILE_FRESH);
  if (host === undefined || (known !== undefined && measuredAt - known.measuredAt < everyMs)) return;
  const staleAt = freshForMs === undefined ? {} : { staleAt: later(measuredAt, freshForMs) };
  const source = { kind: "probe" as const, probeId, hostId: host.hostId };
  emitFacts(turn, [{ name: probe.fact, value: value.data, measuredAt, ...staleAt, source }]);
}
