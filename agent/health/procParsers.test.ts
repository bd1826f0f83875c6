import { describe, expect, test } from "vitest";
import { parseCpuTicks, parseDisks, parseLoad1, parseMemory, parseNetwork, parsePressure } from "./procParsers.ts";

describe("what the kernel tells of a host", () => {
  test("time that the processor waited for a disk is not shown as work", () => {
    const stat = "cpu  100 5 45 800 40 3 2 5 0 0\ncpu0 100 5 45 800 40 3 2 5 0 0\nintr 1\n";
    expect(parseCpuTicks(stat)).toEqual({ busy: 160, total: 1000 });
  });

  test("memory that the kernel could give back at once is not shown as used", () => {
    const meminfo =
      "MemTotal:       24684092 kB\nMemFree:         1000 kB\nMemAvailable:   20000000 kB\nCached: 5 kB\n";
    expect(parseMemory(meminfo)).toEqual({ totalBytes: 24684092 * 1024, usedBytes: 4684092 * 1024 });
  });

  test("memory pressure is the share of ten seconds in which something waited", () => {
    const pressure =
      "some avg10=12.50 avg60=0.30 avg300=0.89 total=46\nfull avg10=0.00 avg60=0.01 avg300=0.23 total=27\n";
    expect(parsePressure(pressure)).toBe(12.5);
  });

  test("the load of the last minute is the first of the three", () => {
    expect(parseLoad1("1.25 0.90 0.42 2/310 4711\n")).toBe(1.25);
  });

  test("traffic of a disk is counted once, however many partitions, mappings and loops lie on it", () => {
    const diskstats = [
      "   8       0 sda 100 0 2000 50 200 0 4000 60 0 700 110 0 0 0 0 0 0",
      "   8       1 sda1 90 0 1900 50 200 0 4000 60 0 700 110",
      " 259       0 nvme0n1 1 0 8 1 1 0 16 1 0 2 2",
      " 259       1 nvme0n1p1 1 0 8 1 1 0 16 1 0 2 2",
      " 254       0 dm-0 90 0 1900 50 200 0 4000 60 0 700 110",
      "   7       0 loop0 90 0 1900 50 200 0 4000 60 0 700 110",
      "  98       0 ubda 2 0 10 0 4 0 20 0 0 6 0",
    ].join("\n");
    expect([...parseDisks(diskstats)]).toEqual([
      ["sda", { readBytes: 1_024_000, writtenBytes: 2_048_000, busyMs: 700, requests: 300, requestsMs: 110 }],
      ["nvme0n1", { readBytes: 4096, writtenBytes: 8192, busyMs: 2, requests: 2, requestsMs: 2 }],
      ["ubda", { readBytes: 5120, writtenBytes: 10_240, busyMs: 6, requests: 6, requestsMs: 0 }],
    ]);
  });

  test("traffic of a host with itself is not shown as network", () => {
    const netDev = [
      "Inter-|   Receive                                                |  Transmit",
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
      "    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0",
      "  eth0: 1000 2 0 0 0 0 0 0 300 2 0 0 0 0 0 0",
      "wlan0:50 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0",
    ].join("\n");
    expect(parseNetwork(netDev)).toEqual({ inBytes: 1050, outBytes: 307 });
  });

  test("a file that is not as expected costs its own figure and no other", () => {
    expect(parseCpuTicks("")).toEqual({ busy: 0, total: 0 });
    expect(parseLoad1("")).toBe(0);
    expect(parseMemory("nothing")).toEqual({ totalBytes: 0, usedBytes: 0 });
    expect(parseDisks("x y").size).toBe(0);
    expect(parseNetwork("\n\n")).toEqual({ inBytes: 0, outBytes: 0 });
    expect(parsePressure("")).toBeUndefined();
  });

  test("a figure that can't be counted with is nothing, and the others beside it still count", () => {
    const endless = "1".repeat(400);
    expect(parseCpuTicks(`cpu  100 x 45 800 ${endless} 3 2 5\n`)).toEqual({ busy: 155, total: 955 });
    expect(parseLoad1("1e309 0.90")).toBe(1);
    expect(parseMemory(`MemTotal:  100 kB\nMemAvailable:  ${endless} kB\n`).usedBytes).toBe(102_400);
    expect(parseDisks(`8 0 sda 100 0 ${endless} 50 200 0 4000 60 0 700`).get("sda")).toEqual({
      readBytes: 0,
      writtenBytes: 2_048_000,
      busyMs: 700,
      requests: 300,
      requestsMs: 110,
    });
    expect(parseNetwork(`eth0: ${endless} 2 0 0 0 0 0 0 300`)).toEqual({ inBytes: 0, outBytes: 300 });
  });
});
