import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitUntil } from "./waitUntil.ts";

const BOOT = fileURLToPath(new URL("bootDebian.sh", import.meta.url));
/** systemd is up after a second or two; a busy machine may take longer. */
const UP_WITHIN_MS = 60_000;

/**
 * This machine once more, with systemd of its own as its first process, on an overlay in memory: packages can be installed and services
 * started as on a host, and nothing of it is left afterwards. The network is this machine's.
 */
export interface ThrowawayDebian {
  /** Runs a shell command as root in it; answers how it ended and what it wrote, both streams together. */
  exec(command: string): Promise<{ readonly code: number; readonly output: string }>;
  /** The same for one that must end with 0; answers what it wrote. */
  must(command: string): Promise<string>;
  close(): Promise<void>;
}

/** Where the second version of control groups is mounted, alone or beside the first. */
function cgroupRoot(): string | undefined {
  const line = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .find((one) => one.split(" ")[2] === "cgroup2");
  return line?.split(" ")[1];
}

/** Why there can be none here, for a skipped test to say; undefined where there can. */
export function whyNoDebian(): string | undefined {
  if (process.getuid?.() !== 0) return "not root";
  if (!existsSync("/usr/bin/dpkg-deb")) return "not Debian";
  if (!existsSync("/lib/systemd/systemd")) return "systemd is not installed";
  if (!readFileSync("/proc/filesystems", "utf8").includes("\toverlay\n")) return "the kernel has no overlayfs";
  if (cgroupRoot() === undefined) return "cgroup2 is not mounted";
  return undefined;
}

/** @param files are put into its /root under their own names */
export async function openDebian(files: readonly string[]): Promise<ThrowawayDebian> {
  const folder = mkdtempSync(join(tmpdir(), "slackwater-debian-"));
  const cgroup = join(cgroupRoot() ?? "", basename(folder));
  mkdirSync(cgroup);
  const spaces = ["-m", "-p", "-u", "-i", "-C", "--fork", "--kill-child=KILL"];
  const waiting = ["-c", 'read -r _; exec "$@"', "sh", "unshare", ...spaces, BOOT, folder, ...files];
  const outer = spawn("sh", waiting, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  for (const stream of [outer.stdout, outer.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
  const exited = new Promise<void>((resolve) => outer.once("exit", () => resolve()));

  const firstProcess = () => Number(readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, "utf8").trim());
  const inside = (command: string): string[] => [
    ...["-t", String(firstProcess()), "-m", "-p", "-u", "-i", "-C", "-r", "--wd=/"],
    ...["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "DEBIAN_FRONTEND=noninteractive"],
    ...["SYSTEMD_PAGER=", "sh", "-c", `exec 2>&1; ${command}`],
  ];
  const debian: ThrowawayDebian = {
    exec: (command) =>
      new Promise((resolve, reject) => {
        const child = spawn("nsenter", inside(command), { stdio: ["ignore", "pipe", "ignore"] });
        let output = "";
        child.stdout.on("data", (chunk) => (output += String(chunk)));
        child.once("error", reject);
        child.once("close", (code) => resolve({ code: code ?? -1, output }));
      }),
    async must(command) {
      const { code, output } = await debian.exec(command);
      if (code !== 0) throw new Error(`${code}: ${command}\n${output}`);
      return output;
    },
    async close() {
      outer.kill("SIGKILL");
      await exited;
      // What systemd made in it is empty now; the kernel takes a moment to see that.
      await waitUntil("its control groups are gone", () => removeGroups(cgroup));
      rmdirSync(folder);
    },
  };

  try {
    // Before it has name spaces: its control groups begin here and not at this machine's root.
    writeFileSync(join(cgroup, "cgroup.procs"), String(outer.pid));
    outer.stdin.end("go\n");
    const state = async () => (firstProcess() === 0 ? "" : (await debian.exec("systemctl is-system-running")).output);
    await waitUntil("systemd is up", async () => /^(running|degraded)/.test(await state()), UP_WITHIN_MS);
    return debian;
  } catch (error) {
    await debian.close();
    throw new Error(`No Debian to throw away:\n${said}`, { cause: error });
  }
}

function removeGroups(cgroup: string): boolean {
  try {
    for (const entry of readdirSync(cgroup, { withFileTypes: true })) {
      if (entry.isDirectory()) removeGroups(join(cgroup, entry.name));
    }
    rmdirSync(cgroup);
    return true;
  } catch {
    return false;
  }
}
