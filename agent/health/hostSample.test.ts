import { expect, test } from "vitest";
import type { Counters } from "./hostSample.ts";
import { ratesBetween } from "./hostSample.ts";

const idle = { readBytes: 0, writtenBytes: 0, busyMs: 0, requests: 0, requestsMs: 0 };
const quiet: Counters = {
  atMs: 1000,
  cpu: { busy: 100, total: 1000 },
  disks: new Map([["sda", idle]]),
  network: { inBytes: 0, outBytes: 0 },
};

test("rates are per second, whatever time lay between the two looks", () => {
  const rates = ratesBetween(quiet, {
    atMs: 3000,
    cpu: { busy: 150, total: 1200 },
    disks: new Map([
      ["sda", { ...idle, readBytes: 4000, writtenBytes: 8000, busyMs: 500 }],
      ["sdb", { ...idle, readBytes: 9_999_999, writtenBytes: 9_999_999, busyMs: 9_999_999 }],
    ]),
    network: { inBytes: 2000, outBytes: 200 },
  });
  expect(rates).toEqual({
    cpuPercent: 25,
    diskBusyPercent: 25,
    diskReadBytesPerSecond: 2000,
    diskWriteBytesPerSecond: 4000,
    networkInBytesPerSecond: 1000,
    networkOutBytesPerSecond: 100,
  });
});

test("counters that went back, and two looks in the same moment, give zero and not nonsense", () => {
  const rates = ratesBetween({ ...quiet, network: { inBytes: 500, outBytes: 500 } }, quiet);
  expect(Object.values(rates).every((value) => value === 0)).toBe(true);
});

test("a host whose disks can't be told apart says nothing of how busy they are", () => {
  expect(ratesBetween({ ...quiet, disks: new Map() }, { ...quiet, disks: new Map(), atMs: 2000 })).not.toHaveProperty(
    "diskBusyPercent",
  );
});
