import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { installPackages } from "../debianPackages.ts";
import { projectRoot } from "../projectFiles.ts";
import { guestFailure } from "./guestFailure.ts";
import { checkPath } from "./guestFiles.ts";

/** Each thing that a guest needs, with the Debian package that has it. Programs are looked for in PATH. */
const NEEDS: readonly { readonly program: string; readonly debianPackage: string }[] = [
  { program: "linux.uml", debianPackage: "user-mode-linux" },
  { program: "modprobe", debianPackage: "kmod" },
  { program: "busybox", debianPackage: "busybox-static" },
  { program: "socat", debianPackage: "socat" },
  { program: "cryptsetup", debianPackage: "cryptsetup-bin" },
  { program: "dmsetup", debianPackage: "dmsetup" },
  { program: "mke2fs", debianPackage: "e2fsprogs" },
  { program: "rsync", debianPackage: "rsync" },
  { program: "ip", debianPackage: "iproute2" },
  { program: "unshare", debianPackage: "util-linux" },
  { program: "gcc", debianPackage: "gcc" },
];
/** gcc alone cannot build the shim. */
const HEADERS = { path: "/usr/include/stdio.h", debianPackage: "libc6-dev" };

export type Ability = { readonly ok: true } | { readonly ok: false; readonly because: string };

async function isThere(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

async function hasProgram(program: string): Promise<boolean> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  for (const folder of folders) if (await isThere(join(folder, program), constants.X_OK)) return true;
  return false;
}

/** Debian packages that a guest needs and this machine lacks. */
export async function missingGuestPackages(): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const need of NEEDS) if (!(await hasProgram(need.program))) missing.push(need.debianPackage);
  if (!(await isThere(HEADERS.path))) missing.push(HEADERS.debianPackage);
  return missing;
}

/** What stands in the way of a guest on this machine that no package would mend. */
async function obstacle(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return "User-Mode Linux runs on x86-64 Linux only";
  if (process.getuid?.() !== 0) return "it needs root (for a network of its own)";
  if (!(await isThere("/dev/net/tun"))) return "/dev/net/tun is not there";
  try {
    checkPath(projectRoot);
  } catch {
    return `the guest kernel cannot use the path ${projectRoot}: letters, digits and ._-@+ only`;
  }
  return undefined;
}

/** Can a guest be started here, now? If not, `because` says what is in the way. */
export async function canRunGuest(): Promise<Ability> {
  const because = await obstacle();
  if (because) return { ok: false, because };
  const missing = await missingGuestPackages();
  if (missing.length > 0) return { ok: false, because: `these packages are missing: ${missing.join(" ")}` };
  return { ok: true };
}

/**
 * Installs the Debian packages that a guest needs, after saying so through `log`. Throws `cannotRun` when the machine can't run one
 * anyway, or when they could not be installed (not Debian, not root, no network).
 */
export async function installGuestPackages(log: (line: string) => void): Promise<void> {
  const because = await obstacle();
  if (because) throw guestFailure("cannotRun", `a guest cannot run on this machine: ${because}`);
  const missing = await missingGuestPackages();
  const still = missing.length === 0 ? undefined : installPackages(missing, "the guest kernel", log);
  if (still) throw guestFailure("cannotRun", `a guest cannot run on this machine: ${still}`);
}
