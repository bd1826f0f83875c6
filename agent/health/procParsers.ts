/**
 * Readers of the kernel's text files under /proc. Pure: text in, numbers out; counters are totals since boot. A file that is not as
 * expected gives zeros rather than an error: a missing figure must not cost the others.
 */

/** A figure as the kernel writes it. What is none, or could not be counted with exactly, is zero. */
function figureOf(text: string | undefined): number {
  const figure = Number(text);
  return Number.isSafeInteger(figure) && figure >= 0 ? figure : 0;
}

/** CPU time in clock ticks, of all processors together. */
export interface CpuTicks {
  readonly busy: number;
  readonly total: number;
}

/** The first line of /proc/stat. Waiting for a disk counts as idle; time given to guests is part of user time already. */
export function parseCpuTicks(stat: string): CpuTicks {
  const fields = /^cpu\s+(.+)$/m.exec(stat)?.[1]?.trim().split(/\s+/).map(figureOf) ?? [];
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields;
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, total: busy + idle + iowait };
}

/** The one-minute load of /proc/loadavg. */
export function parseLoad1(loadavg: string): number {
  return Number(/^\d{1,9}(?:\.\d{1,9})?/.exec(loadavg)?.[0] ?? 0);
}

/** Total and used memory in bytes, of /proc/meminfo. What the kernel could give back at once counts as free. */
export function parseMemory(meminfo: string): { totalBytes: number; usedBytes: number } {
  const bytesOf = (name: string) => figureOf(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo)?.[1]) * 1024;
  const totalBytes = bytesOf("MemTotal");
  return { totalBytes, usedBytes: Math.max(0, totalBytes - bytesOf("MemAvailable")) };
}

/** What went through one disk. `busyMs` is the time in which it had anything to do. */
export interface DiskCounters {
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly busyMs: number;
  /** Requests that were completed, and the time that all of them together took, waiting included. */
  readonly requests: number;
  readonly requestsMs: number;
}

const SECTOR_BYTES = 512;
/** Whole disks by name: not their partitions, and not loop, device-mapper or RAM disks, whose traffic would be counted twice. */
const WHOLE_DISK = /^(sd[a-z]+|hd[a-z]+|vd[a-z]+|xvd[a-z]+|ubd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

/** /proc/diskstats by disk. */
export function parseDisks(diskstats: string): ReadonlyMap<string, DiskCounters> {
  const disks = new Map<string, DiskCounters>();
  for (const line of diskstats.split("\n")) {
    const fields = line.trim().split(/\s+/);
    const name = fields[2];
    if (name === undefined || !WHOLE_DISK.test(name)) continue;
    const at = (i: number) => figureOf(fields[i]);
    disks.set(name, {
      readBytes: at(5) * SECTOR_BYTES,
      writtenBytes: at(9) * SECTOR_BYTES,
      busyMs: at(12),
      requests: at(3) + at(7),
      requestsMs: at(6) + at(10),
    });
  }
  return disks;
}

/** Share of the last ten seconds in which something had to wait, percent, of a file under /proc/pressure; undefined where there is none. */
export function parsePressure(pressure: string): number | undefined {
  const share = /^some avg10=([\d.]+) /m.exec(pressure)?.[1];
  return share === undefined ? undefined : Number(share);
}

/** Bytes in and out over every interface of /proc/net/dev but the loopback. */
export function parseNetwork(netDev: string): { inBytes: number; outBytes: number } {
  let inBytes = 0;
  let outBytes = 0;
  for (const line of netDev.split("\n")) {
    const [, name, counters] = /^\s*([^\s:]+):\s*(.+)$/.exec(line) ?? [];
    if (name === undefined || counters === undefined || name === "lo") continue;
    const fields = counters.trim().split(/\s+/);
    inBytes += figureOf(fields[0]);
    outBytes += figureOf(fields[8]);
  }
  return { inBytes, outBytes };
}
