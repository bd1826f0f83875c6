import { expect, test } from "vitest";
import { Instant } from "../../domain/time.ts";
import { diskLatencyMs, figuresOf } from "./figuresOf.ts";
import type { Counters } from "./hostSample.ts";

const counters = (disks: Record<string, readonly [requests: number, requestsMs: number]>): Counters => ({
  atMs: 0,
  cpu: { busy: 0, total: 0 },
  disks: new Map(
    Object.entries(disks).map(([name, [requests, requestsMs]]) => [
      name,
      { readBytes: 0, writtenBytes: 0, busyMs: 0, requests, requestsMs },
    ]),
  ),
  network: { inBytes: 0, outBytes: 0 },
});

test("the latency is that of the slowest disk, and of a disk that did nothing there is none", () => {
  expect(
    diskLatencyMs(counters({ sda: [100, 500], sdb: [10, 10] }), counters({ sda: [110, 1500], sdb: [20, 20] })),
  ).toBe(100);
  expect(diskLatencyMs(counters({ sda: [100, 500] }), counters({ sda: [100, 500] }))).toBeUndefined();
  expect(diskLatencyMs(counters({ sda: [100, 500] }), counters({ sda: [5, 1] }))).toBeUndefined();
});

test("what was not to be had asks for no rest: no disk, no pressure, no database", () => {
  const sample = {
    at: Instant.parse(1),
    cpuPercent: 50,
    load1: 6,
    memoryUsedBytes: 1,
    memoryTotalBytes: 2,
    diskReadBytesPerSecond: 0,
    diskWriteBytesPerSecond: 0,
    networkInBytesPerSecond: 0,
    networkOutBytesPerSecond: 0,
    fileSystems: [],
  };
  const nothing = { cores: 4, diskLatencyMs: undefined, memoryPressurePercent: undefined, strain: undefined };
  expect(figuresOf({ ...nothing, sample })).toEqual({ loadPerCore: 1.5 });
  const up = { ...sample, diskBusyPercent: 70, postgres: { state: "up", latencyMs: 3 } } as const;
  const strain = { activeSessions: 12, lockWaitMs: 900 };
  expect(figuresOf({ cores: 4, diskLatencyMs: 20, memoryPressurePercent: 1.5, sample: up, strain })).toEqual({
    ...{ loadPerCore: 1.5, memoryPressurePercent: 1.5, diskLatencyMs: 20, diskBusyPercent: 70 },
    ...{ databaseLatencyMs: 3, activeSessions: 12, lockWaitMs: 900 },
  });
});
