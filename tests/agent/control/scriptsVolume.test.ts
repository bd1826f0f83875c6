import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeNightly } from "../../support/nightly.ts";
import { createBench, makeRoom } from "../actions/support/bench.ts";
import type { Ended, Env } from "../byHand/support/runBash.ts";
import { runAlone } from "../byHand/support/runBash.ts";
import { SHIPPED, scriptNamed, writeScripts } from "./support/writeScripts.ts";

const isRoot = process.getuid?.() === 0;
const hasLoop = isRoot && existsSync("/dev/loop-control");
const hasAge = isRoot && existsSync("/usr/bin/age");
if (!hasLoop) console.warn("SKIPPED, a volume made by hand: not root, or this machine has no loop devices");
if (!hasAge) console.warn("SKIPPED, a header saved by hand: not root, or age is not installed");

const room = makeRoom();
const mountPoint = join(room, "mnt");
const image = join(room, "volume.img");
const alone = join(room, "alone.yaml");
writeFileSync(alone, readFileSync(SHIPPED, "utf8").replace(/^scripts:\n(?: .*\n)+/m, ""));
afterAll(async () => {
  await runAlone(["umount", mountPoint]);
  await runAlone(["chattr", "-R", "-i", room]);
  rmSync(room, { recursive: true, force: true });
});

const write = async (out: string, params: object) => {
  const all = {
    volume_path: image,
    mount_point: mountPoint,
    backup_dir: join(room, "backups"),
    volume_step: "32MiB",
    ...params,
  };
  expect(await writeScripts({ file: alone, out, params: all, facts: { "db.size_now_bytes": 1 } })).toMatchObject({
    code: 0,
  });
};
const run = (folder: string, id: string, env: Env = {}): Promise<Ended> =>
  runAlone([scriptNamed(folder, id), "--yes"], env);

describeNightly("a volume that is NOT ENCRYPTED, made by hand", byHand, hasLoop ? undefined : "no loop devices here");

function byHand(): void {
  const out = join(room, "plain");
  beforeAll(() => write(out, { encryption: "none" }));

  test("is made once, closed, opened and closed again, and what is there already is never written over", async () => {
    expect(await run(out, "create-volume")).toMatchObject({ code: 0 });
    expect(readFileSync(join(mountPoint, ".slackwater-volume"), "utf8")).toBe("pgdata\n");
    expect(statSync(join(mountPoint, "data")).mode & 0o777).toBe(0o700);
    expect(statSync(image).blocks * 512).toBeGreaterThanOrEqual(64 * 2 ** 20);
    writeFileSync(join(mountPoint, "data", "kept"), "kept");
    expect(await run(out, "create-volume")).toMatchObject({ code: 1, err: `${image} is there already.\n` });

    const reader = spawn("sleep", ["600"], { cwd: join(mountPoint, "data"), stdio: "ignore" });
    await once(reader, "spawn");
    expect((await run(out, "close-volume")).err).toContain(`/proc/${reader.pid}/cwd has ${mountPoint}/data open`);
    reader.kill("SIGKILL");
    await once(reader, "exit");

    expect(await run(out, "reopen")).toMatchObject({ code: 0 });
    expect(await run(out, "close-volume")).toMatchObject({ code: 0 });
    expect(readdirSync(mountPoint)).toEqual([]);
    expect((await runAlone(["losetup", "--noheadings", "--output=NAME", "--associated", image])).out).toBe("");
    expect(await run(out, "close-volume")).toMatchObject({ code: 0 });
    expect(await run(out, "open-volume")).toMatchObject({ code: 0 });
    expect(await run(out, "open-volume")).toMatchObject({ code: 0 });
    expect(readFileSync(join(mountPoint, "data", "kept"), "utf8")).toBe("kept");
    expect((await run(out, "prove-encrypted")).out).toContain(`${mountPoint}/data does NOT lie on dm-crypt.`);
    expect(await run(out, "close-volume")).toMatchObject({ code: 0 });
  });

  test("needs no script for what only an encrypted one has, and the page says so", () => {
    expect(() => scriptNamed(out, "save-header")).toThrow("there is no script");
    expect(readFileSync(join(out, "README.md"), "utf8")).toContain(
      "Back up the header of the volume (`save-header`): not carried out with these parameters",
    );
  });
}

test.skipIf(!hasAge)(
  "an encrypted one is formatted by hand with both passphrases, and its header saved so that age alone opens it",
  async () => {
    const out = join(room, "sealed");
    const device = join(room, "luks.img");
    const identity = join(room, "identity");
    const made = await runAlone(["age-keygen", "-o", identity]);
    const recipient = /age1\S+/.exec(made.err)?.[0] ?? "";
    const where = { volume_path: device, mount_point: join(room, "sealed-mnt"), pbkdf_iterations: 1000 };
    await write(out, { ...where, recovery_recipients: recipient });
    const words = { operational: "eight words of the operator", recovery: "eight words of the safe" };
    const files = Object.entries(words).map(([name, text]) => {
      const path = join(room, `words-${name}`);
      writeFileSync(path, `${text}\n`, { mode: 0o600 });
      return [`SLACKWATER_SECRET_${name.toUpperCase()}_FILE`, path] as const;
    });
    const env: Env = Object.fromEntries(files);

    // As far as a machine without dm-crypt can go: up to the line that opens it.
    const create = scriptNamed(out, "create-volume");
    const text = readFileSync(create, "utf8");
    writeFileSync(create, text.replace(/^cryptsetup --batch-mode open .*$/m, "exit 0"));
    expect(await run(out, "create-volume", env)).toMatchObject({ code: 0 });
    const volume = { name: "pgdata", path: device, mountPoint: where.mount_point };
    const bench = createBench(words);
    expect(await bench.run("luks.testSlot", { volume, slot: 0, secret: "operational" })).toMatchObject({ opens: true });
    expect(await bench.run("luks.testSlot", { volume, slot: 1, secret: "recovery" })).toMatchObject({ opens: true });
    expect(await bench.run("luks.testSlot", { volume, slot: 1, secret: "operational" })).toMatchObject({
      opens: false,
    });

    const saved = await run(out, "save-header", env);
    expect([saved.code, saved.err]).toEqual([0, ""]);
    const [name = ""] = readdirSync(join(room, "backups"));
    expect(name).toMatch(/^luks-header-pgdata-\d{8}T\d{6}Z\.img\.age$/);
    const path = join(room, "backups", name);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const header = join(room, "header");
    expect(await runAlone(["age", "--decrypt", "--identity", identity, "--output", header, path])).toMatchObject({
      code: 0,
    });
    expect(readFileSync(header).subarray(0, 6).toString("latin1")).toBe("LUKS\xba\xbe");

    expect(await run(out, "test-recovery", env)).toMatchObject({ code: 0 });
    const wrong = { ...env, SLACKWATER_SECRET_RECOVERY_FILE: env.SLACKWATER_SECRET_OPERATIONAL_FILE ?? "" };
    expect((await run(out, "test-recovery", wrong)).code).not.toBe(0);
  },
);
