import type { Figures } from "../../domain/throttle/figures.ts";
import type { HealthSample } from "../../protocol/agent.ts";
import type { Counters } from "./hostSample.ts";
import type { DatabaseStrain } from "./watchPostgres.ts";

/** Mean time of a request, ms, on the disk where it was longest; undefined where no disk had one. */
export function diskLatencyMs(before: Counters, after: Counters): number | undefined {
  const means = [...after.disks].flatMap(([name, now]) => {
    const then = before.disks.get(name) ?? now;
    const requests = now.requests - then.requests;
    // A counter that went back (a disk replaced, a wrap) says nothing.
    return requests <= 0 ? [] : [Math.max(0, now.requestsMs - then.requestsMs) / requests];
  });
  return means.length === 0 ? undefined : Math.max(...means);
}

/** What one look at the host says to automatic work: only what was really to be had in this second. */
export function figuresOf(look: {
  readonly sample: HealthSample;
  readonly cores: number;
  readonly diskLatencyMs: number | undefined;
  readonly memoryPressurePercent: number | undefined;
  readonly strain: DatabaseStrain | undefined;
}): Figures {
  const { sample, strain } = look;
  const { postgres } = sample;
  const known = {
    loadPerCore: sample.load1 / Math.max(1, look.cores),
    memoryPressurePercent: look.memoryPressurePercent,
    diskLatencyMs: look.diskLatencyMs,
    diskBusyPercent: sample.diskBusyPercent,
    databaseLatencyMs: postgres?.state === "up" ? postgres.latencyMs : undefined,
    ...strain,
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}
