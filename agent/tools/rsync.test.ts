import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRsyncLine, parseRsyncStats, rsyncCall, rsyncName } from "./rsync.ts";

test("a copy keeps links, attributes, holes and owners, leaves lost+found alone, and values stand after --", () => {
  const { file, args } = rsyncCall({
    from: "/var/lib/pg",
    to: "/mnt/enc/data",
    byChecksum: true,
    owner: "999:999",
    maxKiBps: 2048,
  });
  expect([file, ...args]).toEqual([
    "rsync",
    "-aHAXS",
    "--numeric-ids",
    "--delete",
    "--exclude=/lost+found",
    "--no-inc-recursive",
    "--info=progress2",
    "--outbuf=L",
    "--stats",
    "--out-format=file:%l:%n",
    "--checksum",
    "--chown=999:999",
    "--bwlimit=2048",
    "--",
    "/var/lib/pg/",
    "/mnt/enc/data/",
  ]);
});

// Lines as rsync 3.5.0 of Debian 12 printed them.
test("a line of progress gives bytes, share, speed, time left and entries", () => {
  expect(parseRsyncLine("     30,001,093  99%   70.30MB/s    0:00:00 (xfr#302, to-chk=2/306)")).toEqual({
    kind: "progress",
    bytesDone: 30_001_093,
    percent: 99,
    bytesPerSecond: 73_714_893,
    etaMs: 0,
    filesTransferred: 302,
    entriesLeft: 2,
    entriesTotal: 306,
  });
  expect(parseRsyncLine("  1,234,567  12%    1.23MB/s    1:02:03  ")).toMatchObject({
    kind: "progress",
    bytesDone: 1_234_567,
    etaMs: 3_723_000,
    filesTransferred: undefined,
  });
});

test("a time that rsync does not know is not made up", () => {
  expect(parseRsyncLine("  1,000   0%    0.00kB/s   ??:??:??  ")).toMatchObject({ kind: "progress", etaMs: undefined });
  expect(parseRsyncLine("  1,000   0%    0.01kB/s 27777:46:40  ")).toMatchObject({
    kind: "progress",
    etaMs: undefined,
  });
});

test("figures that make no sense are no progress", () => {
  expect(parseRsyncLine("  nan  12%    1.23MB/s    0:00:12")).toEqual({ kind: "other" });
  expect(parseRsyncLine("  1,000  112%    1.23MB/s    0:00:12")).toEqual({ kind: "other" });
  expect(parseRsyncLine("  999,999,999,999,999,999  12%    1.23MB/s    0:00:12")).toEqual({ kind: "other" });
  expect(parseRsyncLine("  1,000  12%    infMB/s    0:00:12")).toEqual({ kind: "other" });
});

test("file names are shown with their strange bytes, and can't pretend to be progress", () => {
  expect(parseRsyncLine("file:1:d/b\\#377d")).toEqual({ kind: "file", sizeBytes: 1, name: "d/b\\xffd" });
  expect(parseRsyncLine("file:1:d/new\\#012line")).toEqual({ kind: "file", sizeBytes: 1, name: "d/new\\u{a}line" });
  expect(parseRsyncLine("file:1:d/100% \\#134#012 tr\\#303\\#266\\#303\\#237")).toMatchObject({
    name: "d/100% \\\\#012 tröß",
  });
  const disguised = "file:0:  1,234,567  12%    1.23MB/s    0:00:12";
  expect(parseRsyncLine(disguised)).toMatchObject({ kind: "file" });
  expect(parseRsyncLine("deleting ed/")).toEqual({ kind: "deleted", name: "ed/" });
});

test("the figures at the end are read, and half of them count for nothing", () => {
  const output = `
Number of files: 306 (reg: 304, dir: 2)
Number of created files: 306 (reg: 304, dir: 2)
Number of deleted files: 3 (reg: 2, dir: 1)
Number of regular files transferred: 304
Total file size: 30,001,095 bytes
Total transferred file size: 30,001,095 bytes
Literal data: 30,001,095 bytes
`;
  expect(parseRsyncStats(output)).toEqual({
    regularFiles: 304,
    filesTransferred: 304,
    filesDeleted: 3,
    totalBytes: 30_001_095,
    transferredBytes: 30_001_095,
  });
  expect(parseRsyncStats(output.slice(0, 150))).toBeUndefined();
  expect(parseRsyncStats(output.replace("306 (reg: 304, dir: 2)", "2 (dir: 2)"))).toMatchObject({ regularFiles: 0 });
});

test("whatever rsync prints, a line is read or passed over and never throws", () => {
  const noise = fc.string({
    unit: fc.constantFrom(..."0123456789,.% kMGTB/s:?()xfr#to-chk=\r\\infae-"),
    maxLength: 90,
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), noise), (line) => {
      const read = parseRsyncLine(line);
      if (read.kind !== "progress") return;
      expect(Number.isSafeInteger(read.bytesDone)).toBe(true);
      expect(Number.isFinite(read.bytesPerSecond)).toBe(true);
      expect(read.percent).toBeLessThanOrEqual(100);
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(rsyncName(name)).not.toMatch(/\n/);
    }),
  );
});

test("an exit code and the words beside it name the failure", () => {
  const { failureOf } = rsyncCall({ from: "/a", to: "/b", byChecksum: false, owner: "", maxKiBps: 0 });
  expect(failureOf?.(24, "")).toBe("filesVanished");
  expect(failureOf?.(11, 'rsync: [receiver] write failed on "/t/f60": No space left on device (28)')).toBe("diskFull");
  expect(failureOf?.(23, 'rsync: [sender] link_stat "/nope" failed: No such file or directory (2)')).toBe(
    "copyPartial",
  );
  expect(failureOf?.(20, "")).toBe("programKilled");
});
