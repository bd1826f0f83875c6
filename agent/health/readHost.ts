import { readFile, statfs } from "node:fs/promises";
import type { HealthSample } from "../../protocol/agent.ts";
import type { Counters } from "./hostSample.ts";
import { parseCpuTicks, parseDisks, parseLoad1, parseMemory, parseNetwork, parsePressure } from "./procParsers.ts";

/** What can be read at one moment without remembering the one before. */
export type Levels = Pick<HealthSample, "load1" | "memoryUsedBytes" | "memoryTotalBytes" | "fileSystems">;

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return "";
  }
}

/** The kernel's counters now. */
export async function readCounters(): Promise<Counters> {
  const [stat, diskstats, netDev] = await Promise.all([
    read("/proc/stat"),
    read("/proc/diskstats"),
    read("/proc/net/dev"),
  ]);
  return {
    atMs: performance.now(),
    cpu: parseCpuTicks(stat),
    disks: parseDisks(diskstats),
    network: parseNetwork(netDev),
  };
}

/** Load, memory, and space on the file systems that hold `paths`. One that does not answer is left out. */
export async function readLevels(paths: readonly string[]): Promise<Levels> {
  const [loadavg, meminfo, ...spaces] = await Promise.all([
    read("/proc/loadavg"),
    read("/proc/meminfo"),
    ...paths.map(spaceOf),
  ]);
  const memory = parseMemory(meminfo);
  return {
    load1: parseLoad1(loadavg),
    memoryUsedBytes: memory.usedBytes,
    memoryTotalBytes: memory.totalBytes,
    fileSystems: spaces.flat(),
  };
}

/** Memory pressure now, percent; undefined on a kernel that does not tell (before 4.20, or without PSI). */
export async function readMemoryPressure(): Promise<number | undefined> {
  return parsePressure(await read("/proc/pressure/memory"));
}

/** Free means free to an ordinary user: what root may still use is a reserve. */
async function spaceOf(path: string): Promise<HealthSample["fileSystems"]> {
  try {
    const { bsize, bavail, blocks } = await statfs(path);
    return [{ path, freeBytes: bavail * bsize, totalBytes: blocks * bsize }];
  } catch {
    return [];
  }
}
