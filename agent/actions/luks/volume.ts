import { chmod, mkdir, readdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VolumeTarget } from "../../../domain/action/volumeTarget.ts";
import { Failure } from "../../../domain/failure.ts";
import { toEscapedName } from "../../../domain/text/safeText.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { chattrImmutableCall } from "../../tools/chattr.ts";
import { KEY_FD, luksCloseCall, luksOpenCall, luksStatusCall } from "../../tools/cryptsetup.ts";
import type { Mount } from "../../tools/findmnt.ts";
import { findmntMountpointCall, parseFindmnt } from "../../tools/findmnt.ts";
import { attachLoopCall, detachLoopCall, loopsOfCall, parseLoops } from "../../tools/losetup.ts";
import { mountCall, umountCall } from "../../tools/mount.ts";
import { openBelow } from "../openFiles.ts";

/** Lies at the top of the volume: its presence tells the volume from the empty folder that it is mounted on. */
export const MARKER = ".slackwater-volume";
/** The folder of the volume that the data goes into: never the top, where `lost+found` lies. */
export const DATA_FOLDER = "data";

/** Device under which the opened volume is reached. */
export const mapperOf = (volume: VolumeTarget) => `/dev/mapper/${volume.name}`;

/** What is mounted on the mount point; undefined for nothing. */
export async function mountedOn(volume: VolumeTarget, context: ActionContext): Promise<Mount | undefined> {
  const { stdout } = await context.program({
    ...findmntMountpointCall(volume.mountPoint),
    stdout: { to: "callbacks" },
  });
  return parseFindmnt(stdout.toString()).at(-1);
}

/** True where the mapping of an encrypted volume is active. */
export async function isMappingActive(volume: VolumeTarget, context: ActionContext): Promise<boolean> {
  if (volume.encryption === "none") return false;
  const { exitCode } = await context.program({ ...luksStatusCall(volume.name), stdout: { to: "callbacks" } });
  return exitCode === 0;
}

/** True where the image file or device is there. */
export async function doesExist(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** True where the marker lies on what is mounted now. */
export async function hasMarker(volume: VolumeTarget): Promise<boolean> {
  return doesExist(join(volume.mountPoint, MARKER));
}

/**
 * Makes the mount point so that nothing can be written into it while nothing is mounted: empty, mode 0000, immutable where the file
 * system can. Without this a container that starts too early fills the folder below with a fresh, unencrypted cluster. Throws
 * `volumeExists` where something lies in it that the mount would hide.
 */
export async function sealMountPoint({ mountPoint }: VolumeTarget, context: ActionContext): Promise<void> {
  await mkdir(mountPoint, { recursive: true });
  const [first] = await readdir(mountPoint);
  if (first !== undefined) {
    throw new Failure("volumeExists", `${mountPoint} is not empty: it holds ${toEscapedName(Buffer.from(first))}.`);
  }
  // One that an earlier attempt has sealed can't be changed any more, and needs not.
  if (((await stat(mountPoint)).mode & 0o7777) !== 0) await chmod(mountPoint, 0o000);
  await context.program(chattrImmutableCall(mountPoint, true)).catch((error: unknown) => {
    if (!(error instanceof Failure) || error.code !== "programFailed") throw error;
    context.log(`${mountPoint} can't be made immutable on this file system; its mode 0000 has to do.`);
  });
}

/** Opens the volume with a passphrase (unless it is open) and mounts it (unless it is mounted). Answers whether it was open before. */
export async function openVolume(volume: VolumeTarget, secret: string, context: ActionContext): Promise<boolean> {
  if (await mountedOn(volume, context)) return true;
  if (volume.encryption === "luks2") {
    if (!(await isMappingActive(volume, context))) {
      await context.program({
        ...luksOpenCall(volume.path, volume.name),
        secretFds: [{ fd: KEY_FD, bytes: context.secret(secret) }],
      });
    }
    await context.program(mountCall(mapperOf(volume), volume.mountPoint));
  } else await mountPlain(volume, context);
  return false;
}

async function mountPlain(volume: VolumeTarget, context: ActionContext): Promise<void> {
  const device = volume.backing === "device" ? volume.path : await attachLoop(volume, context);
  await context.program(mountCall(device, volume.mountPoint));
}

async function attachLoop(volume: VolumeTarget, context: ActionContext): Promise<string> {
  const attached = await loopOf(volume, context);
  if (attached !== undefined) return attached;
  const { stdout } = await context.program({ ...attachLoopCall(volume.path, false), stdout: { to: "callbacks" } });
  return stdout.toString().trim();
}

async function loopOf(volume: VolumeTarget, context: ActionContext): Promise<string | undefined> {
  const { stdout } = await context.program({ ...loopsOfCall(volume.path), stdout: { to: "callbacks" } });
  return parseLoops(stdout.toString())[0]?.device;
}

/** Unmounts and closes. What is not open is left alone. Throws `deviceInUse`, naming who has a file open. */
export async function closeVolume(volume: VolumeTarget, context: ActionContext): Promise<{ wasMounted: boolean }> {
  const mounted = await mountedOn(volume, context);
  if (mounted) {
    const [user] = await openBelow(volume.mountPoint);
    if (user) {
      throw new Failure(
        "deviceInUse",
        `${user.command} (${user.pid}) has ${user.path} open: ${volume.mountPoint} can't be unmounted.`,
      );
    }
    await context.program(umountCall(volume.mountPoint));
  }
  if (await isMappingActive(volume, context)) await context.program(luksCloseCall(volume.name));
  if (volume.encryption === "none" && volume.backing === "file" && (await doesExist(volume.path))) {
    const device = await loopOf(volume, context);
    if (device !== undefined) await context.program(detachLoopCall(device));
  }
  return { wasMounted: mounted !== undefined };
}

/** Writes a small file, reads it back and removes it: a mount that only looks writable is found out here. */
export async function isWritable(volume: VolumeTarget): Promise<boolean> {
  const probe = join(volume.mountPoint, ".slackwater-probe");
  try {
    await writeFile(probe, "x", { flush: true });
    return (await readFile(probe, "utf8")) === "x";
  } catch {
    return false;
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Size and free bytes of the mounted file system. */
export async function spaceOf(
  volume: VolumeTarget,
): Promise<{ sizeBytes: number; freeBytes: number; usedPercent: number }> {
  const { blocks, bsize, bavail } = await statfs(volume.mountPoint);
  return {
    sizeBytes: blocks * bsize,
    freeBytes: bavail * bsize,
    usedPercent: blocks === 0 ? 0 : Math.min(100, ((blocks - bavail) / blocks) * 100),
  };
}
