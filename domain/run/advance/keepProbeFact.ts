import { FactValue } from "../../fact/fact.ts";
import { later } from "../../time.ts";
import type { ProbeSample } from "../intents.ts";
import type { Turn } from "../turn.ts";
import { emitFacts } from "./concludeStep.ts";

/** Samples come each second or so; as facts of the log they are kept at most once a minute. */
const KEEP_EVERY_MS = 60_000;

/** Keeps a probe's value as the fact that the runbook names for it. A sample that failed measured nothing. */
export function keepProbeFact(turn: Turn, probeId: string, sample: ProbeSample): void {
  const probe = turn.plan.probes[probeId];
  const value = FactValue.safeParse(sample.value);
  if (probe?.fact === undefined || !sample.ok || !value.success || turn.state.stage === "ended") return;
  const host = turn.state.hosts[probe.host];
  const known = turn.state.facts[probe.fact];
  // The host's clock may be ahead: a fact from the future would stay fresh for too long, and keep newer ones out.
  const measuredAt = sample.at < turn.now ? sample.at : turn.now;
  if (host === undefined || (known !== undefined && measuredAt - known.measuredAt < KEEP_EVERY_MS)) return;
  const freshForMs = turn.plan.freshForMs[probe.fact];
  const staleAt = freshForMs === undefined ? {} : { staleAt: later(measuredAt, freshForMs) };
  const source = { kind: "probe" as const, probeId, hostId: host.hostId };
  emitFacts(turn, [{ name: probe.fact, value: value.data, measuredAt, ...staleAt, source }]);
}
