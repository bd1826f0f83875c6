import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProgramSpec } from "../../../agent/process/actionContext.ts";
import { createDirectContext } from "../../../agent/process/directContext.ts";
import { blkidProbeCall, contentOf } from "../../../agent/tools/blkid.ts";
import {
  isLuksCall,
  luksAddKeyCall,
  luksDumpCall,
  luksFormatCall,
  luksHeaderBackupCall,
  luksHeaderRestoreCall,
  luksUuidCall,
  parseLuksMetadata,
  testPassphraseCall,
} from "../../../agent/tools/cryptsetup.ts";
import { fallocateCall } from "../../../agent/tools/fallocate.ts";
import { findmntMountpointCall, findmntTargetCall, parseFindmnt } from "../../../agent/tools/findmnt.ts";
import { gunzipCall, gzipCall } from "../../../agent/tools/gzip.ts";
import { attachLoopCall, detachLoopCall, loopsOfCall, parseLoops } from "../../../agent/tools/losetup.ts";
import { mkfsExt4Call } from "../../../agent/tools/mkfs.ts";
import { mountCall, umountCall } from "../../../agent/tools/mount.ts";
import { opensslCall, PASS_FD } from "../../../agent/tools/openssl.ts";
import { isCleanlyShutDown, parseControldata, pgControldataCall } from "../../../agent/tools/pgControldata.ts";
import { pgCtlStartCall, pgCtlStatusCall, pgCtlStopCall } from "../../../agent/tools/pgCtl.ts";
import type { RsyncLine } from "../../../agent/tools/rsync.ts";
import { parseRsyncLine, parseRsyncStats, rsyncCall } from "../../../agent/tools/rsync.ts";
import { Instant } from "../../../domain/time.ts";

/** The argument builders and parsers of agent/tools against the programs of this machine. What it lacks is skipped by name. */
const isRoot = process.getuid?.() === 0;
const PG_BIN = "/usr/lib/postgresql/15/bin";
const hasPostgres = existsSync(join(PG_BIN, "initdb"));
const hasLoop = isRoot && existsSync("/dev/loop-control");

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "slackwater-tools-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const context = createDirectContext({ signal: new AbortController().signal, now: () => Instant.parse(Date.now()) });
const run = (spec: ProgramSpec) => context.program(spec);
const text = async (spec: ProgramSpec) => (await run(spec)).stdout.toString();

/** A small tree with all that a copy can get wrong. */
function makeTree(root: string): void {
  mkdirSync(join(root, "base/1"), { recursive: true });
  mkdirSync(join(root, "lost+found"));
  writeFileSync(join(root, "base/1/big"), Buffer.alloc(3_000_000, "b"));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/odd\n`), Buffer.of(0xff), Buffer.from("100% #012")]), "odd");
  // A folder and a file whose path, as a whole, reads like a line of progress.
  mkdirSync(join(root, "  1,234,567  12%    1.23MB"));
  writeFileSync(join(root, "  1,234,567  12%    1.23MB/s    0:00:12"), "disguised");
  writeFileSync(join(root, "linked"), "one file, two names");
  linkSync(join(root, "linked"), join(root, "linked too"));
  symlinkSync("/nowhere", join(root, "symlink"));
  writeFileSync(join(root, "sparse"), "");
  truncateSync(join(root, "sparse"), 5_000_000);
  chmodSync(join(root, "base"), 0o700);
  utimesSync(join(root, "base/1/big"), 1_000_000, 1_000_000.25);
  if (isRoot) chownSync(join(root, "linked"), 12_345, 54_321);
}

async function copyTree(from: string, to: string, more: { byChecksum?: boolean; owner?: string } = {}) {
  const lines: RsyncLine[] = [];
  const result = await run({
    ...rsyncCall({ from, to, byChecksum: more.byChecksum ?? false, owner: more.owner ?? "", maxKiBps: 0 }),
    onStdoutLine: (line) => lines.push(parseRsyncLine(line)),
  });
  return { lines, stats: parseRsyncStats(result.stdout.toString()) };
}

test("rsync copies links, holes, times and owners, names what it copies, and leaves lost+found alone", async () => {
  const [from, to] = [join(dir, "from"), join(dir, "to")];
  makeTree(from);
  mkdirSync(join(to, "lost+found"), { recursive: true });
  writeFileSync(join(to, ".big.XyZ123"), "left by a copy that was killed");
  const { lines, stats } = await copyTree(from, to);
  expect(stats).toMatchObject({ regularFiles: 6, filesTransferred: 5, filesDeleted: 1 });
  const names = lines.flatMap((line) => (line.kind === "file" ? [line.name] : []));
  expect(names).toContain("odd\\u{a}\\xff100% #012");
  expect(names).toContain("  1,234,567  12%    1.23MB/s    0:00:12");
  const progress = lines.filter((line) => line.kind === "progress");
  // A second name of a file and a link count in the total and are never "done": rsync ends below 100 % then.
  expect(progress.at(-1)).toMatchObject({ entriesLeft: 0, bytesDone: stats?.transferredBytes });
  expect(lines.some((line) => line.kind === "deleted" && line.name === ".big.XyZ123")).toBe(true);
  expect(existsSync(join(to, "lost+found"))).toBe(true);
  expect(statSync(join(to, "linked")).ino).toBe(statSync(join(to, "linked too")).ino);
  expect(statSync(join(to, "sparse")).blocks).toBeLessThan(100);
  expect(lstatSync(join(to, "symlink")).isSymbolicLink()).toBe(true);
  expect(statSync(join(to, "base/1/big")).mtimeMs).toBe(statSync(join(from, "base/1/big")).mtimeMs);
  if (isRoot) expect(statSync(join(to, "linked"))).toMatchObject({ uid: 12_345, gid: 54_321 });
});

test("after a power cut a copy by checksum finds a block that size and time hide", async () => {
  const [from, to] = [join(dir, "from"), join(dir, "to")];
  makeTree(from);
  await copyTree(from, to);
  const victim = join(to, "base/1/big");
  const times = statSync(victim);
  const content = readFileSync(victim);
  content.fill(0, 1_000_000, 1_004_096);
  writeFileSync(victim, content);
  utimesSync(victim, times.atime, times.mtime);
  expect((await copyTree(from, to)).stats?.filesTransferred).toBe(0);
  expect((await copyTree(from, to, { byChecksum: true })).stats?.filesTransferred).toBe(1);
  expect(readFileSync(victim).equals(readFileSync(join(from, "base/1/big")))).toBe(true);
});

test.runIf(isRoot)("rsync says that the target is full, and that the source is not there", async () => {
  const from = join(dir, "from");
  const small = join(dir, "small");
  makeTree(from);
  mkdirSync(small);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
  try {
    await expect(copyTree(from, small)).rejects.toMatchObject({ code: "diskFull" });
  } finally {
    execFileSync("umount", [small]);
  }
  await expect(copyTree(join(dir, "nowhere"), join(dir, "to"))).rejects.toMatchObject({
    code: "copyPartial",
    exitCode: 23,
  });
});

test("cryptsetup makes a LUKS2 volume with two keys from descriptors, and each key opens its own slot only", async () => {
  const image = join(dir, "volume.img");
  const [operational, recovery] = [
    Buffer.from("six words for every day"),
    Buffer.from("six words for the worst day\n"),
  ];
  const cheap = { pbkdfIterations: 1_000 };
  await run(fallocateCall(image, 32 * 1024 * 1024));
  expect(statSync(image).blocks * 512).toBeGreaterThanOrEqual(32 * 1024 * 1024);
  expect((await run(isLuksCall(image))).exitCode).toBe(1);
  expect(contentOf(await text(blkidProbeCall(image)))).toBeUndefined();
  await run({ ...luksFormatCall(image, { ...cheap, label: "pgdata" }), secretFds: [{ fd: 3, bytes: operational }] });
  await run({
    ...luksAddKeyCall(image, 1, cheap),
    secretFds: [
      { fd: 3, bytes: operational },
      { fd: 4, bytes: recovery },
    ],
  });
  expect((await run(isLuksCall(image))).exitCode).toBe(0);
  expect(contentOf(await text(blkidProbeCall(image)))).toBe("crypto_LUKS");
  expect(parseLuksMetadata(await text(luksDumpCall(image)))).toEqual({
    cipher: "aes-xts-plain64",
    keyBits: 512,
    slots: [0, 1],
  });
  expect(await text(luksUuidCall(image))).toMatch(/^[0-9a-f-]{36}\n$/);
  const opens = async (slot: number, key: Buffer) =>
    (await run({ ...testPassphraseCall(image, slot), secretFds: [{ fd: 3, bytes: key }] })).exitCode;
  expect(await opens(0, operational)).toBe(0);
  expect(await opens(1, recovery)).toBe(0);
  expect(await opens(0, recovery)).toBe(2);
  expect(await opens(1, recovery.subarray(0, -1))).toBe(2);
  expect(await opens(7, operational)).toBe(1);
  const again = {
    ...luksAddKeyCall(image, 1, cheap),
    secretFds: [
      { fd: 3, bytes: operational },
      { fd: 4, bytes: recovery },
    ],
  };
  await expect(run(again)).rejects.toMatchObject({ code: "volumeExists" });
  const header = join(dir, "header.img");
  await run(luksHeaderBackupCall(image, header));
  await expect(run(luksHeaderBackupCall(image, header))).rejects.toMatchObject({ code: "volumeExists" });
  await run(luksHeaderRestoreCall(image, header));
  expect(await opens(0, operational)).toBe(0);
});

test("cryptsetup says that a device is not there", async () => {
  const call = {
    ...luksFormatCall(join(dir, "nowhere"), { pbkdfIterations: 1_000, label: "x" }),
    secretFds: [{ fd: 3, bytes: Buffer.from("k") }],
  };
  await expect(run(call)).rejects.toMatchObject({ code: "deviceMissing", exitCode: 4 });
});

test.runIf(hasLoop)("an image is attached, made into a file system, mounted, found, and let go again", async () => {
  const image = join(dir, "volume.img");
  const mountPoint = join(dir, "mnt");
  mkdirSync(mountPoint);
  await run(fallocateCall(image, 16 * 1024 * 1024));
  const device = (await text(attachLoopCall(image, false))).trim();
  try {
    expect(parseLoops(await text(loopsOfCall(image)))).toEqual([{ device, file: image }]);
    await run(mkfsExt4Call(device, "slackwater"));
    expect(contentOf(await text(blkidProbeCall(device)))).toBe("ext4");
    expect(parseFindmnt(await text(findmntMountpointCall(mountPoint)))).toEqual([]);
    await run(mountCall(device, mountPoint));
    try {
      expect(parseFindmnt(await text(findmntMountpointCall(mountPoint)))).toMatchObject([
        { source: device, fsType: "ext4" },
      ]);
      const [on] = parseFindmnt(await text(findmntTargetCall(join(mountPoint, "lost+found"))));
      expect(on).toMatchObject({ target: mountPoint, options: expect.arrayContaining(["nodev", "nosuid", "noatime"]) });
      await expect(run(mkfsExt4Call(device, "again"))).rejects.toMatchObject({ code: "deviceInUse" });
      await expect(run({ ...umountCall(mountPoint), cwd: mountPoint })).rejects.toMatchObject({ code: "deviceInUse" });
    } finally {
      await run(umountCall(mountPoint));
    }
  } finally {
    await run(detachLoopCall(device));
  }
  expect(parseLoops(await text(loopsOfCall(image)))).toEqual([]);
});

test("a disk that can't hold an image says so", async () => {
  await expect(run(fallocateCall(join(dir, "huge"), 900_000_000_000_000))).rejects.toMatchObject({ code: "diskFull" });
});

test("a backup is encrypted on its way, opens with its passphrase to the last byte, and not with another", async () => {
  const file = join(dir, "backup.sql.gz.enc");
  const plain = Buffer.from("-- a dump\n".repeat(400_000));
  const pass = [{ fd: PASS_FD, bytes: Buffer.from("eight words") }];
  await context.pipeline([
    { ...gzipCall(), input: plain },
    { ...opensslCall("encrypt", 1_000), secretFds: pass, stdout: { to: "file", path: file, mode: 0o600 } },
  ]);
  expect(readFileSync(file).includes("a dump")).toBe(false);
  const decrypt = (bytes: Buffer, key = pass) =>
    context.pipeline([
      { ...opensslCall("decrypt", 1_000), input: bytes, secretFds: key },
      { ...gunzipCall(), captureBytes: 10_000_000 },
    ]);
  const whole = readFileSync(file);
  expect((await decrypt(whole)).at(-1)?.stdout.equals(plain)).toBe(true);
  await expect(decrypt(whole, [{ fd: PASS_FD, bytes: Buffer.from("other words") }])).rejects.toMatchObject({
    code: "backupUnreadable",
  });
  await expect(decrypt(whole.subarray(0, whole.length - 160))).rejects.toMatchObject({ code: "backupUnreadable" });
});

test.runIf(hasPostgres && isRoot)("a cluster is started, seen running, stopped, and proven at rest", async () => {
  const nobody = { uid: 65_534, gid: 65_534 };
  const data = join(dir, "data");
  chmodSync(dir, 0o755);
  mkdirSync(data);
  chownSync(data, nobody.uid, nobody.gid);
  await run({ file: join(PG_BIN, "initdb"), args: ["-D", data, "-N", "-A", "trust", "-U", "postgres"], as: nobody });
  writeFileSync(join(data, "postgresql.auto.conf"), `listen_addresses = ''\nunix_socket_directories = '${data}'\n`);
  const controlData = async () => parseControldata(await text({ ...pgControldataCall(PG_BIN, data), as: nobody }));
  const status = async () => (await run({ ...pgCtlStatusCall(PG_BIN, data), as: nobody })).exitCode;
  expect(await status()).toBe(3);
  const start = pgCtlStartCall(PG_BIN, { folder: data, logFile: join(data, "log"), waitSeconds: 30 });
  await run({ ...start, as: nobody, leavesDaemon: true });
  try {
    expect(await status()).toBe(0);
    expect(await controlData()).toMatchObject({ state: "in production" });
  } finally {
    await run({ ...pgCtlStopCall(PG_BIN, data, "fast", 30), as: nobody });
  }
  const atRest = await controlData();
  expect(atRest && isCleanlyShutDown(atRest)).toBe(true);
  await expect(run({ ...pgCtlStopCall(PG_BIN, data, "fast", 5), as: nobody })).rejects.toMatchObject({
    code: "databaseUnreachable",
  });
});
