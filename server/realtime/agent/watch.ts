import { actionNamed } from "../../../domain/action/catalog.ts";
import { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import type { HostId } from "../../../domain/ids.ts";
import { scopeOf } from "../../../domain/run/scope.ts";
import type { Probe } from "../../../domain/runbook/schema.ts";
import type { Instant } from "../../../domain/time.ts";
import { isProbeOrdered } from "../../../domain/trigger/isProbeOrdered.ts";
import { HealthTarget } from "../../../protocol/agent.ts";
import type { RunOnRecord } from "../../db/runReader.ts";
import type { OrderedProbe } from "./probeIntake.ts";

/** What a host watches for one run. */
export interface Watch {
  readonly probes: readonly OrderedProbe[];
  readonly health: readonly HealthTarget[];
}

/**
 * The probes of a run that one of its hosts carries out now: while the run is live, and not while a step has stopped on purpose
 * what the probe measures. A database that they need is watched through all of the run's life.
 */
export function watchOf(run: RunOnRecord, hostId: HostId, now: Instant): Watch {
  const probes: OrderedProbe[] = [];
  const health: HealthTarget[] = [];
  for (const [probeId, probe] of Object.entries(run.plan.probes)) {
    if (run.state.stage === "ended" || run.state.hosts[probe.host]?.hostId !== hostId) continue;
    const rendered = run.plan.expressions.renderArguments(probe.with, scopeOf(run.state, now));
    if (!rendered.ok) continue;
    const target = databaseOf(probe, rendered.value);
    if (target && !health.some((known) => JSON.stringify(known) === JSON.stringify(target))) health.push(target);
    if (!isProbeOrdered(run.plan, run.state, probe, now)) continue;
    const everyOne =
      probe.fact !== undefined ||
      probe.overMs !== undefined ||
      run.plan.triggers.some(
        // While a trigger waits for its `for` to pass, each reading may be the one that fires it.
        ({ id, source }) =>
          source.probe === probeId &&
          (source.expr.includes("probe.value") || run.state.triggers[id]?.stage === "pending"),
      );
    const { runId } = run.state;
    probes.push({
      probeId,
      runId,
      action: probe.action,
      arguments: { ...rendered.value },
      everyMs: probe.everyMs,
      everyOne,
    });
  }
  return { probes, health: health.slice(0, 4) };
}

/** The PostgreSQL that a probe needs, as the agent's one kept connection reaches it. */
function databaseOf(probe: Probe, args: Readonly<Record<string, unknown>>): HealthTarget | undefined {
  if (!actionNamed(probe.action)?.needsDatabase) return undefined;
  const cluster = PostgresTarget.safeParse(args.cluster);
  if (!cluster.success) return undefined;
  const { socketDir, port, database, user } = cluster.data;
  const target = HealthTarget.safeParse({ host: socketDir === "" ? "127.0.0.1" : socketDir, port, database, user });
  return target.success ? target.data : undefined;
}
