import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dmCryptWorksHere } from "../../../scripts/guest/guest.ts";
import { createBench, makeRoom } from "./support/bench.ts";

const hasLoop = process.getuid?.() === 0 && existsSync("/dev/loop-control");
if (!hasLoop) console.warn("SKIPPED, volumes: no root or no loop devices here");
const hasDmCrypt = (await dmCryptWorksHere()).ok;

const SIZE_BYTES = 32 * 2 ** 20;
const WORDS = { operational: "eight words of the one key holder", recovery: "eight words of the other key holder" };

describe.skipIf(!hasLoop)("a volume on a loop device, NOT ENCRYPTED", () => {
  let room = "";
  const volume = (more: object = {}) => ({
    name: "slackwater-test-volume",
    backing: "file",
    path: join(room, "images/volume.img"),
    mountPoint: join(room, "mnt"),
    encryption: "none",
    ...more,
  });
  const create = (more: object = {}) => ({ volume: volume(more), sizeBytes: SIZE_BYTES, minFreePercent: 0 });
  const { run, fails, inspect } = createBench(WORDS);

  beforeEach(() => {
    room = makeRoom();
  });
  afterEach(async () => {
    await run("luks.close", { volume: volume() });
    await createBench().context.program({ file: "chattr", args: ["-R", "-i", "--", room], acceptExitCodes: [0, 1] });
    rmSync(room, { recursive: true, force: true });
  });

  test("is made fully allocated, mounted, writable, with its marker beside the folder for the data", async () => {
    const made = await run("luks.create", create());
    expect(made).toMatchObject({
      encrypted: "none",
      carried_by: "loop",
      is_mounted: true,
      is_writable: true,
      data_path: join(room, "mnt/data"),
    });
    expect(statSync(volume().path).blocks * 512).toBeGreaterThanOrEqual(SIZE_BYTES);
    expect(readdirSync(join(room, "mnt")).sort()).toEqual([".slackwater-volume", "data", "lost+found"]);
    expect(await run("luks.status", { volume: volume() })).toMatchObject({
      is_mounted: true,
      has_marker: true,
      type: "none",
    });
    expect(await run("luks.prove", { path: join(room, "mnt/data") })).toMatchObject({
      encrypted: "none",
      on_dm_crypt: false,
      fs_type: "ext4",
      chain_text: expect.stringContaining("/dev/loop"),
    });
    expect(await inspect("luks.create", create())).toMatchObject({ state: "done" });
  });

  test("is never made over one that is there already, nor on a folder that holds something, and such a refusal leaves nothing", async () => {
    await run("luks.create", create());
    writeFileSync(join(room, "mnt/data/precious"), "kept");
    expect(await fails("luks.create", create())).toMatchObject({ code: "volumeExists" });
    await run("luks.close", { volume: volume() });
    expect(await fails("luks.create", create())).toMatchObject({
      code: "volumeExists",
      message: expect.stringContaining("images/volume.img"),
    });
    await run("luks.open", { volume: volume() });
    expect(readFileSync(join(room, "mnt/data/precious"), "utf8")).toBe("kept");

    mkdirSync(join(room, "full"));
    writeFileSync(join(room, "full/file"), "");
    const other = { path: join(room, "images/other.img"), mountPoint: join(room, "full") };
    expect(await fails("luks.create", create(other))).toMatchObject({
      code: "volumeExists",
      message: expect.stringContaining("not empty"),
    });
    expect(existsSync(other.path)).toBe(false);
  });

  test("that does not fit on the disk is refused before anything is written", async () => {
    const failure = await fails("luks.create", { ...create(), sizeBytes: 2 ** 50 });
    expect(failure).toMatchObject({ code: "diskFull", message: expect.stringContaining("must stay") });
    expect(existsSync(volume().path)).toBe(false);
  });

  test("is not closed while somebody works in it, and says who", async () => {
    await run("luks.create", create());
    const worker = spawn("sleep", ["600"], { cwd: join(room, "mnt/data"), stdio: "ignore" });
    await once(worker, "spawn");
    expect(await fails("luks.close", { volume: volume() })).toMatchObject({
      code: "deviceInUse",
      message: expect.stringContaining(`sleep (${worker.pid})`),
    });
    worker.kill("SIGKILL");
    await once(worker, "exit");
    expect(await run("luks.close", { volume: volume() })).toMatchObject({
      is_closed: true,
      was_mounted: true,
      exists: true,
    });
    expect(await run("luks.close", { volume: volume() })).toMatchObject({ is_closed: true, was_mounted: false });
    // Nothing can be written where it was mounted, so that nobody fills the folder below.
    expect(statSync(join(room, "mnt")).mode & 0o777).toBe(0);
  });

  test("holds after it was closed and opened again what it held before", async () => {
    await run("luks.create", create());
    writeFileSync(join(room, "mnt/data/file"), "there");
    expect(await run("luks.reopen", { volume: volume() })).toMatchObject({
      closed_first: true,
      is_mounted: true,
      has_marker: true,
    });
    expect(readFileSync(join(room, "mnt/data/file"), "utf8")).toBe("there");
    expect(await run("luks.open", { volume: volume() })).toMatchObject({ was_open: true });
  });

  test("without a passphrase that it needs leaves nothing behind, and can be retried", async () => {
    const encrypted = { ...create({ encryption: "luks2" }), pbkdfIterations: 1000 };
    const half = createBench({ operational: WORDS.operational });
    expect(await half.fails("luks.create", encrypted)).toMatchObject({ code: "secretMissing" });
    expect(existsSync(volume().path)).toBe(false);
  });

  test.skipIf(hasDmCrypt)(
    "says on a host without dm-crypt which kernel module is missing, and leaves nothing behind",
    async () => {
      const encrypted = { ...create({ encryption: "luks2" }), pbkdfIterations: 1000 };
      expect(await fails("luks.create", encrypted)).toMatchObject({ code: "kernelLacksModule" });
      expect(existsSync(volume().path)).toBe(false);
      expect(await run("luks.create", create())).toMatchObject({ is_mounted: true });
    },
  );
});
