import { Buffer } from "node:buffer";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBench, makeRoom } from "./support/bench.ts";

const isRoot = process.getuid?.() === 0;
const hasLoop = isRoot && existsSync("/dev/loop-control");
if (!hasLoop) console.warn("SKIPPED, a full disk: no root or no loop devices here");

let room = "";
let from = "";
let to = "";
beforeEach(() => {
  room = makeRoom();
  from = join(room, "old");
  to = join(room, "mount/data");
});
afterEach(() => rmSync(room, { recursive: true, force: true }));

/** A name of bytes below a folder. */
const named = (folder: string, ...bytes: (string | number[])[]) =>
  Buffer.concat([Buffer.from(`${folder}/`), ...bytes.map((part) => Buffer.from(part as string))]);

/** A tree with what a data directory has, and with names that programs stumble over. */
function makeTree(root: string): void {
  for (const folder of ["base/5", "base/5-", "global", "pg_wal"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "PG_VERSION"), "15\n");
  writeFileSync(join(root, "base/5/1259"), Buffer.alloc(1_500_000, "a"));
  writeFileSync(join(root, "base/5-/1"), "beside");
  writeFileSync(join(root, "global/pg_control"), Buffer.alloc(8192, 7));
  writeFileSync(join(root, "pg_wal/000000010000000000000001"), Buffer.alloc(300_000, "w"));
  writeFileSync(named(root, "two\nlines 50% \\#012"), "newline");
  writeFileSync(named(root, "no utf-8 ", [0xff, 0xfe, 0x80]), "bytes");
  writeFileSync(join(root, "Grüße €"), "utf-8");
  writeFileSync(join(root, "one"), "one file, two names");
  linkSync(join(root, "one"), join(root, "another"));
  symlinkSync("/nowhere/at all", join(root, "link"));
  // As old as real data: rsync leaves the time of a folder or link alone when it differs by less than a second.
  const anHourAgo = new Date(Date.now() - 3_600_000);
  for (const folder of ["base/5", "base/5-", "base", "global", "pg_wal"])
    utimesSync(join(root, folder), anHourAgo, anHourAgo);
  lutimesSync(join(root, "link"), anHourAgo, anHourAgo);
  chmodSync(root, 0o700);
}
const FILES = 11; // regular files, hard and soft links
const bench = () => createBench();

describe("files.copy", () => {
  test("copies every byte, name, link and time, and says how many files and bytes both sides have", async () => {
    makeTree(from);
    const { run, progress, log } = bench();
    const result = await bench().run("files.manifest", { path: from });
    const copied = await run("files.copy", { from, to });
    expect(copied).toMatchObject({
      files_source: FILES,
      files_target: FILES,
      bytes_source: result.size_bytes,
      bytes_target: result.size_bytes,
      source_manifest_before: result.manifest,
      source_manifest_after: result.manifest,
      source_at_rest: true,
      owner: `${process.getuid?.()}:${process.getgid?.()}`,
    });
    expect(progress.at(-1)).toMatchObject({
      unit: "bytes",
      done: result.size_bytes,
      total: result.size_bytes,
      filesTotal: FILES,
    });
    expect(log.join("")).toContain(`Source: ${FILES} files`);
    expect(execFileSync("diff", ["-r", "--no-dereference", from, to]).toString()).toBe("");
    expect(statSync(join(to, "one")).ino).toBe(statSync(join(to, "another")).ino);
    expect(await run("files.manifest", { path: to })).toMatchObject({ manifest: result.manifest });
  });

  test("works below folders whose names are no plain ASCII", async () => {
    const [source, target] = [join(room, "Datenbank Ü"), join(room, "größer/data")];
    mkdirSync(join(room, "größer"));
    makeTree(source);
    expect(await bench().run("files.copy", { from: source, to: target })).toMatchObject({ files_target: FILES });
    expect(await bench().run("files.verify", { from: source, to: target })).toMatchObject({
      files_checked: FILES - 1,
      differing_count: 0,
      missing_count: 0,
    });
  });

  test("goes on where an earlier copy stopped, finds a wrong block behind a right size and time, removes what is too much", async () => {
    makeTree(from);
    await bench().run("files.copy", { from, to });
    const victim = join(to, "base/5/1259");
    const { atime, mtime } = statSync(victim);
    const spoilt = readFileSync(victim);
    spoilt.fill("b", 700_000, 704_096);
    writeFileSync(victim, spoilt);
    utimesSync(victim, atime, mtime);
    rmSync(join(to, "global/pg_control"));
    writeFileSync(join(to, ".1259.Ab12Cd"), "left by a copy that was killed");
    const { run, log } = bench();
    const again = await run("files.copy", { from, to });
    expect(again).toMatchObject({ files_target: FILES, files_transferred: 2 });
    expect(log.join("")).toContain("completed");
    expect(await run("files.verify", { from, to })).toMatchObject({ differing_count: 0, extra_count: 0 });
    expect(await bench().inspect("files.copy", { from, to })).toMatchObject({ state: "halfWay" });
  });

  test("leaves lost+found of the target alone, and does not count it", async () => {
    makeTree(from);
    mkdirSync(join(to, "lost+found"), { recursive: true });
    expect(await bench().run("files.copy", { from, to })).toMatchObject({ files_target: FILES });
    expect(existsSync(join(to, "lost+found"))).toBe(true);
  });

  test("refuses a source in which somebody has a file open, and names them", async () => {
    makeTree(from);
    const reader = spawn("sleep", ["600"], { stdio: ["ignore", "ignore", "ignore"], cwd: join(from, "base") });
    await once(reader, "spawn");
    try {
      const failure = await bench().fails("files.copy", { from, to });
      expect(failure).toMatchObject({ code: "sourceNotAtRest" });
      expect(failure.message).toContain(`sleep (${reader.pid}) has ${from}/base open`);
      expect(existsSync(to)).toBe(false);
    } finally {
      reader.kill("SIGKILL");
      await once(reader, "exit");
    }
  });

  test("says that the source changed when somebody wrote to it during the copy", async () => {
    makeTree(from);
    // 1.8 MB at 1 MB/s: time enough to write.
    const failing = bench().fails("files.copy", { from, to, maxKiBps: 1024 });
    await expect.poll(() => existsSync(to) && execFileSync("find", [to]).length > 20, { timeout: 10_000 }).toBe(true);
    writeFileSync(join(from, "base/5/new"), "late");
    expect(await failing).toMatchObject({ code: "sourceChanged" });
  });

  test("says what is missing when there is no source", async () => {
    const failure = await bench().fails("files.copy", { from: join(room, "nowhere"), to });
    expect(failure).toMatchObject({ code: "deviceMissing", message: expect.stringContaining("nowhere") });
  });

  test.skipIf(!isRoot)("gives everything the owner that it is told, and says so", async () => {
    makeTree(from);
    expect(await bench().run("files.copy", { from, to, owner: "12345:54321" })).toMatchObject({ owner: "12345:54321" });
    expect(statSync(join(to, "global/pg_control"))).toMatchObject({ uid: 12_345, gid: 54_321 });
  });

  test.skipIf(!hasLoop)("says that the disk is full, and goes on where it stopped once there is room", async () => {
    makeTree(from);
    const [image, mount] = [join(room, "small.img"), join(room, "mount")];
    mkdirSync(mount);
    execFileSync("truncate", ["--size", "8M", image]);
    execFileSync("mkfs.ext4", ["-q", "-O", "^has_journal", image]);
    execFileSync("mount", ["-o", "loop", image, mount]);
    try {
      execFileSync("fallocate", ["--length", "6500K", join(mount, "ballast")]);
      const failure = await bench().fails("files.copy", { from, to });
      expect(failure).toMatchObject({ code: "diskFull" });
      expect(failure.message).toMatch(/rsync/);
      rmSync(join(mount, "ballast"));
      const { run, log } = bench();
      expect(await run("files.copy", { from, to })).toMatchObject({ files_target: FILES });
      expect(log.join("")).toContain("earlier attempt");
      expect(await run("files.verify", { from, to })).toMatchObject({ differing_count: 0, missing_count: 0 });
    } finally {
      execFileSync("umount", [mount]);
    }
  });
});

describe("files.verify", () => {
  beforeEach(async () => {
    makeTree(from);
    await bench().run("files.copy", { from, to });
  });
  const verify = (more: object = {}) => bench().run("files.verify", { from, to, ...more });

  test.each(["xxh128", "md5", "sha256"])(
    "reads every file of both sides and finds an equal copy equal, by %s",
    async (algorithm) => {
      const { run, progress } = bench();
      const result = await run("files.verify", {
        from,
        to,
        algorithm,
        required: ["PG_VERSION", "global/pg_control", "base", "Grüße €"],
      });
      expect(result).toMatchObject({
        algorithm,
        files_source: FILES,
        files_target: FILES,
        files_checked: FILES - 1,
        differing_count: 0,
        missing_count: 0,
        extra_count: 0,
        wrong_owner_count: 0,
        required_missing_count: 0,
        source_manifest: (await run("files.manifest", { path: from })).manifest,
      });
      expect(result.bytes_checked).toBe(result.bytes_source);
      expect(progress.at(-1)).toMatchObject({ done: result.bytes_source, total: result.bytes_source });
    },
  );

  test("finds one changed byte behind the same size and time", async () => {
    const victim = join(to, "base/5/1259");
    const { atime, mtime } = statSync(victim);
    const bytes = readFileSync(victim);
    bytes.writeUInt8(0x41, 1_499_999);
    writeFileSync(victim, bytes);
    utimesSync(victim, atime, mtime);
    expect(await verify()).toMatchObject({ differing_count: 1, differing: ["base/5/1259"] });
  });

  test("tells missing from extra, names both, and whatever their names hold shows harmlessly", async () => {
    rmSync(named(to, "two\nlines 50% \\#012"));
    rmSync(named(to, "no utf-8 ", [0xff, 0xfe, 0x80]));
    writeFileSync(named(to, "\u001b[31mred\r\n", [0xc3]), "extra");
    const result = await verify();
    expect(result).toMatchObject({ missing_count: 2, extra_count: 1, differing_count: 0, files_target: FILES - 1 });
    for (const name of [...result.missing!, ...result.extra!] as string[]) {
      expect(name).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      expect(name.length).toBeGreaterThan(5);
    }
    expect(result.missing).toEqual([expect.stringContaining("no utf-8 "), expect.stringContaining("two")]);
  });

  test("finds a file where a folder was, another link, and a required file that is not there", async () => {
    rmSync(join(to, "pg_wal"), { recursive: true });
    writeFileSync(join(to, "pg_wal"), "a file");
    rmSync(join(to, "link"));
    symlinkSync("/elsewhere", join(to, "link"));
    expect(await verify({ required: ["global/pg_control", "pg_wal/000000010000000000000001"] })).toMatchObject({
      differing_count: 2,
      differing: ["link", "pg_wal"],
      missing: ["pg_wal/000000010000000000000001"],
      required_missing: ["pg_wal/000000010000000000000001"],
      required_missing_count: 1,
    });
  });

  test.skipIf(!isRoot)(
    "finds a file of the wrong owner, against the source or against the one it is told",
    async () => {
      chownSync(join(to, "PG_VERSION"), 12_345, 0);
      expect(await verify()).toMatchObject({ wrong_owner_count: 1, differing_count: 0 });
      expect((await verify({ owner: "12345:0" })).wrong_owner_count).toBeGreaterThan(FILES);
    },
  );

  test("names the first twenty and counts all", async () => {
    mkdirSync(join(to, "more"));
    for (let i = 0; i < 50; i += 1) writeFileSync(join(to, "more", `x${i}`), "");
    const result = await verify();
    expect(result.extra_count).toBe(51);
    expect(result.extra).toHaveLength(20);
  });

  test("says what is missing when the copy is not there at all", async () => {
    expect(await bench().fails("files.verify", { from, to: join(room, "none") })).toMatchObject({
      code: "deviceMissing",
    });
  });
});

describe("files.manifest", () => {
  test("changes when anybody writes, renames, or gives away a file, and not when somebody reads", async () => {
    makeTree(from);
    const manifest = async () => (await bench().run("files.manifest", { path: from })).manifest;
    const before = await manifest();
    readFileSync(join(from, "base/5/1259"));
    expect(await manifest()).toBe(before);
    writeFileSync(join(from, "base/5/1259"), Buffer.alloc(1_500_000, "c"));
    const written = await manifest();
    expect(written).not.toBe(before);
    chmodSync(join(from, "one"), 0o600);
    expect(await manifest()).not.toBe(written);
  });
});
