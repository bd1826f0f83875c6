import type { HealthSample } from "../../protocol/agent.ts";
import type { CpuTicks, DiskCounters } from "./procParsers.ts";

/** The counters of one moment. `atMs` is monotonic. */
export interface Counters {
  readonly atMs: number;
  readonly cpu: CpuTicks;
  readonly disks: ReadonlyMap<string, DiskCounters>;
  readonly network: { readonly inBytes: number; readonly outBytes: number };
}

/** The part of a sample that is the difference of two moments. */
export type Rates = Pick<
  HealthSample,
  | "cpuPercent"
  | "diskBusyPercent"
  | "diskReadBytesPerSecond"
  | "diskWriteBytesPerSecond"
  | "networkInBytesPerSecond"
  | "networkOutBytesPerSecond"
>;

const percent = (part: number, whole: number) => (whole <= 0 ? 0 : Math.min(100, Math.max(0, (part / whole) * 100)));

/** What happened between two moments, per second. A counter that went back (a disk replaced, a wrap) counts as nothing. */
export function ratesBetween(before: Counters, after: Counters): Rates {
  const elapsedMs = after.atMs - before.atMs;
  const perSecond = (change: number) => (elapsedMs <= 0 ? 0 : Math.max(0, (change * 1000) / elapsedMs));
  let readBytes = 0;
  let writtenBytes = 0;
  let busiestMs = 0;
  for (const [name, now] of after.disks) {
    const then = before.disks.get(name) ?? now;
    readBytes += Math.max(0, now.readBytes - then.readBytes);
    writtenBytes += Math.max(0, now.writtenBytes - then.writtenBytes);
    busiestMs = Math.max(busiestMs, now.busyMs - then.busyMs);
  }
  return {
    cpuPercent: percent(after.cpu.busy - before.cpu.busy, after.cpu.total - before.cpu.total),
    // Of the busiest disk: the mean over all of them would hide the one that everything waits for.
    ...(after.disks.size === 0 ? {} : { diskBusyPercent: percent(busiestMs, elapsedMs) }),
    diskReadBytesPerSecond: perSecond(readBytes),
    diskWriteBytesPerSecond: perSecond(writtenBytes),
    networkInBytesPerSecond: perSecond(after.network.inBytes - before.network.inBytes),
    networkOutBytesPerSecond: perSecond(after.network.outBytes - before.network.outBytes),
  };
}
