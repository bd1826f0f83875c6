import { Instant } from "../../domain/time.ts";
import type { HealthSample } from "../../protocol/agent.ts";

const GIB = 2 ** 30;

/** A second of a host's health as agents say it: of the usual size, and never the same twice. */
export function hostHealth(count: number): HealthSample {
  const wave = count % 100;
  return {
    at: Instant.parse(Date.now()),
    cpuPercent: wave,
    load1: wave / 25,
    memoryUsedBytes: 9 * GIB + wave * 1_000_003,
    memoryTotalBytes: 24 * GIB,
    diskBusyPercent: 100 - wave,
    diskReadBytesPerSecond: 1_048_577 * wave,
    diskWriteBytesPerSecond: 524_287 * wave,
    networkInBytesPerSecond: 65_537 * wave,
    networkOutBytesPerSecond: 32_771 * wave,
    fileSystems: [{ path: "/", freeBytes: 71 * GIB - count * 4_096, totalBytes: 252 * GIB }],
    postgres: { state: "up", latencyMs: 1 + wave / 10 },
  };
}
