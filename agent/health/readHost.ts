import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import type { HealthSample } from "../../protocol/agent.ts";
import type { Counters } from "./hostSample.ts";
import { parseCpuTicks, parseDisks, parseLoad1, parseMemory, parseNetwork, parsePressure } from "./procParsers.ts";

/** What can be read at one moment without remembering the one before. */
export type Levels = Pick<HealthSample, "load1" | "memoryUsedBytes" | "memoryTotalBytes" | "fileSystems">;

/** A file of the kernel's. No disk keeps it waiting, and through the thread pool it would cost several times what reading it does. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The kernel's counters now. */
export function readCounters(): Counters {
  return {
    atMs: performance.now(),
    cpu: parseCpuTicks(read("/proc/stat")),
    disks: parseDisks(read("/proc/diskstats")),
    network: parseNetwork(read("/proc/net/dev")),
  };
}

/** Load, memory, and space on the file systems that hold `paths`. One that does not answer is left out. */
export async function readLevels(paths: readonly string[]): Promise<Levels> {
  const spaces = await Promise.all(paths.map(spaceOf));
  const memory = parseMemory(read("/proc/meminfo"));
  return {
    load1: parseLoad1(read("/proc/loadavg")),
    memoryUsedBytes: memory.usedBytes,
    memoryTotalBytes: memory.totalBytes,
    fileSystems: spaces.flat(),
  };
}

/** Memory pressure now, percent; undefined on a kernel that does not tell (before 4.20, or without PSI). */
export function readMemoryPressure(): number | undefined {
  return parsePressure(read("/proc/pressure/memory"));
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
