import { execFile } from "node:child_process";
import { access, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../projectFiles.ts";
import { guestFailure } from "./guestFailure.ts";

const run = promisify(execFile);

/** A blank disk that a guest is given: sparse on the host, kept over power cuts and restarts. */
export interface GuestDisk {
  readonly name: string;
  readonly sizeBytes: number;
  /** Its node in the guest: /dev/ubdb for the first. */
  readonly device: string;
  /** Its file on the host. */
  readonly imagePath: string;
}

/** A port of the guest's loopback address that the host reaches through `cablePort` of the data cable. */
export interface GuestRelay {
  readonly cablePort: number;
  readonly guestPort: number;
}

/** What is written anew for each boot, for inside/init.sh to read. */
export interface BootSettings {
  readonly name: string;
  readonly ports: readonly number[];
  readonly relays: readonly GuestRelay[];
  readonly shares: readonly string[];
}

const INSIDE_FOLDER = join(import.meta.dirname, "inside");
/** Folders of the host that the guest does not see, because it has an empty one of its own there. */
const HIDDEN_FOLDERS = ["/tmp", "/run", "/dev", "/proc", "/sys"];
/** The kernel's command line and UML's disk arguments are split at these. */
const PLAIN_PATH = /^\/[A-Za-z0-9._/@+-]+$/;

/** Throws `badSetting` when a path cannot stand in the guest kernel's arguments or in its settings. */
export function checkPath(path: string): string {
  if (!PLAIN_PATH.test(path)) throw guestFailure("badSetting", `a guest cannot use the path ${JSON.stringify(path)}`);
  return path;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function makeSparse(path: string, sizeBytes: number): Promise<void> {
  if (await exists(path)) return;
  const file = await open(path, "wx", 0o600);
  await file.truncate(sizeBytes).finally(() => file.close());
}

/** Makes the guest's folder, its root disk and its blank disks where they are not there yet. */
export async function makeDisks(
  folder: string,
  rootSizeBytes: number,
  wanted: readonly { readonly name: string; readonly sizeBytes: number }[],
): Promise<readonly GuestDisk[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const rootPath = rootDiskPath(folder);
  if (!(await exists(rootPath))) {
    const draftPath = `${rootPath}.new`;
    await rm(draftPath, { force: true });
    await makeSparse(draftPath, rootSizeBytes);
    // Everything that can wait is left to the guest's kernel; a new root disk takes 20 ms and 4 MiB so.
    const features = ["-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", "-m", "0"];
    await run("mke2fs", ["-q", "-F", "-t", "ext4", ...features, draftPath]);
    await rename(draftPath, rootPath);
  }
  const disks = wanted.map((disk, index) => ({
    ...disk,
    device: `/dev/ubd${String.fromCharCode("b".charCodeAt(0) + index)}`,
    imagePath: join(folder, `disk-${disk.name}.img`),
  }));
  for (const disk of disks) await makeSparse(checkPath(disk.imagePath), disk.sizeBytes);
  return disks;
}

/** Where a guest sees a path of its host, also one below a folder that the guest has an own one of, as /tmp. */
export function hostPathInGuest(path: string): string {
  return `/.host${path}`;
}

function rootDiskPath(folder: string): string {
  return join(folder, "root.img");
}

/** Mounts beside the usual ones, as init.sh reads them; /.host is the host's root, /.host/mnt our own root disk. */
function mountWords(shares: readonly string[]): readonly string[] {
  const isHidden = HIDDEN_FOLDERS.some((folder) => projectRoot.startsWith(`${folder}/`));
  const repoLayers = `lowerdir=/.host${projectRoot},upperdir=/.host/mnt/repo-upper,workdir=/.host/mnt/repo-work`;
  return [
    // A place on plain ext4, for what cannot lie on an overlay (Docker's own overlays).
    "none:/plain:bind:/.host/mnt/plain",
    ...(isHidden ? [`overlay:${projectRoot}:${repoLayers}:overlay`] : []),
    ...shares.map((share) => `hostfs:${share}:${share}:none`),
  ];
}

/** Writes what the guest reads while it boots; returns the folder, which the kernel gets as slackwater_settings. */
export async function writeBootSettings(folder: string, boot: BootSettings): Promise<string> {
  const settingsFolder = join(folder, "settings");
  await mkdir(settingsFolder, { recursive: true });
  const lines = [
    `name=${boot.name}`,
    `inside=${checkPath(INSIDE_FOLDER)}`,
    `tools=${join(projectRoot, "node_modules", ".bin")}`,
    ...mountWords(boot.shares.map(checkPath)).map((word) => `mount=${word}`),
    ...boot.ports.map((port) => `port=${port}`),
    ...boot.relays.map((relay) => `relay=${relay.cablePort}:${relay.guestPort}`),
  ];
  await writeFile(join(settingsFolder, "settings"), `${lines.join("\n")}\n`);
  return settingsFolder;
}

/** The guest kernel and its arguments; it stays on the given processor. */
export function kernelArgv(
  folder: string,
  settingsFolder: string,
  machine: { readonly memoryMiB: number; readonly cpu: number; readonly disks: readonly GuestDisk[] },
): readonly string[] {
  const { memoryMiB, cpu, disks } = machine;
  return [
    ...["taskset", "--cpu-list", String(cpu), "/usr/bin/linux.uml"],
    `mem=${memoryMiB}M`,
    ...[rootDiskPath(folder), ...disks.map((disk) => disk.imagePath)].map((path, index) => `ubd${index}=${path}`),
    // gro=1: without it the driver drops what the host sends in large segments, and transfers hang.
    "vec0:transport=tap,ifname=data,depth=128,gro=1",
    "vec1:transport=tap,ifname=control,depth=128,gro=1",
    "root=/dev/root",
    "rootfstype=hostfs",
    "rootflags=/",
    "ro",
    "quiet",
    "loglevel=3",
    "noreboot",
    "panic=1",
    // 0.85 s of every boot would go into choosing the fastest RAID 6 routine, which nothing here uses.
    "initcall_blacklist=raid6_select_algo",
    `uml_dir=${join(folder, "uml")}`,
    `init=${join(INSIDE_FOLDER, "init.sh")}`,
    `slackwater_settings=${settingsFolder}`,
    "con=null",
    "con0=null,fd:1",
  ];
}
