import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { givesBack } from "../../agent/process/givesBack.ts";
import type { Ability } from "./guestRequirements.ts";

/** Without udevd nobody but libdevmapper itself makes the nodes in /dev/mapper, and it has to be told so. */
const env = existsSync("/run/udev/control") ? process.env : { ...process.env, DM_DISABLE_UDEV: "1" };
const execute = promisify(execFile);
const run = (program: string, argv: readonly string[]) => execute(program, argv, { env });
/** LUKS2 keeps 16 MiB for itself. */
const PROBE_BYTES = 20 * 1024 ** 2;
/** The cheapest key derivation there is: the probe's key protects nothing. */
const CHEAP_KEY = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"];

/**
 * Does dm-crypt work on this machine, for this process? It really tries: a small LUKS2 volume in a file is made, opened,
 * written, read and closed. Nothing of it stays. If not, `because` says at what it failed.
 */
export async function dmCryptWorksHere(): Promise<Ability> {
  if (process.getuid?.() !== 0) return { ok: false, because: "opening a LUKS volume needs root" };
  try {
    await run("dmsetup", ["version"]);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return { ok: false, because: isMissing ? "dmsetup is not installed" : "this kernel has no device-mapper" };
  }
  const folder = await mkdtemp(join(tmpdir(), "slackwater-dm-crypt-"));
  const name = `slackwater-probe-${randomUUID().slice(0, 8)}`;
  const [image, key] = [join(folder, "image"), join(folder, "key")];
  try {
    await writeFile(key, randomBytes(32), { mode: 0o600 });
    await writeFile(image, Buffer.alloc(PROBE_BYTES), { mode: 0o600 });
    await run("cryptsetup", ["luksFormat", "-q", "--type", "luks2", ...CHEAP_KEY, "--key-file", key, "--", image]);
    await run("cryptsetup", ["open", "--key-file", key, "--", image, name]);
    const isSound = await givesBack(`/dev/mapper/${name}`).finally(() => run("cryptsetup", ["close", "--", name]));
    return isSound ? { ok: true } : { ok: false, because: "a volume did not give back what was written to it" };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, because: text.trim().split("\n").at(-1) ?? "cryptsetup failed" };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
