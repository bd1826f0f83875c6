import { chmod, mkdir, readdir, readFile, realpath, rm, rmdir, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VolumeTarget } from "../../../domain/action/volumeTarget.ts";
import { Failure } from "../../../domain/failure.ts";
import { toEscapedName } from "../../../domain/text/safeText.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { chattrImmutableCall } from "../../tools/chattr.ts";
import { KEY_FD, luksCloseCall, luksOpenCall, luksStatusCall, parseLuksStatus } from "../../tools/cryptsetup.ts";
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

/**
 * How a volume stands on the host. A name or a mount point may be taken by something else of the host's: that is never taken for the
 * volume, and never unmounted or closed.
 */
export interface VolumeState {
  /** Our volume is mounted on its mount point. */
  readonly isMounted: boolean;
  /** What is mounted there instead. */
  readonly otherMount: Mount | undefined;
  /** Our mapping is active. */
  readonly isMapped: boolean;
  /** What the mapping of our name lies on instead. */
  readonly otherMapping: string | undefined;
  /** Loop device of the image; undefined where it has none or is a device itself. */
  readonly loop: string | undefined;
}

/** Looks how a volume stands, and changes nothing. */
export async function stateOf(volume: VolumeTarget, context: ActionContext): Promise<VolumeState> {
  const mount = await mountedOn(volume, context);
  const mapping = await mappingOf(volume, context);
  const loop = volume.backing === "file" ? await loopOf(volume, context) : undefined;
  const carriers =
    volume.encryption === "luks2"
      ? mapping?.isOurs
        ? [mapperOf(volume)]
        : []
      : [loop ?? (volume.backing === "device" ? await real(volume.path) : undefined)];
  const isMounted = mount !== undefined && carriers.includes(mount.source);
  return {
    isMounted,
    otherMount: isMounted ? undefined : mount,
    isMapped: mapping?.isOurs === true,
    otherMapping: mapping?.isOurs === false ? mapping.device : undefined,
    loop,
  };
}

const real = (path: string) => realpath(path).catch(() => path);

async function mountedOn(volume: VolumeTarget, context: ActionContext): Promise<Mount | undefined> {
  const { stdout } = await context.program({
    ...findmntMountpointCall(volume.mountPoint),
    stdout: { to: "callbacks" },
  });
  return parseFindmnt(stdout.toString()).at(-1);
}

/** The mapping of the volume's name; undefined for none. */
async function mappingOf(
  volume: VolumeTarget,
  context: ActionContext,
): Promise<{ isOurs: boolean; device: string } | undefined> {
  // A kernel without device-mapper could not even be asked.
  if (volume.encryption === "none" || !(await doesExist(mapperOf(volume)))) return undefined;
  const { stdout } = await context.program({ ...luksStatusCall(volume.name), stdout: { to: "callbacks" } });
  const status = parseLuksStatus(stdout.toString());
  if (status === undefined) return undefined;
  const liesOn = [status.loop.replace(/ \(deleted\)$/, ""), await real(status.device)];
  return { isOurs: liesOn.includes(await real(volume.path)), device: status.loop || status.device };
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

/** Removes a mount point that was made for a volume which never came to be. One that holds something stays. */
export async function removeMountPoint({ mountPoint }: VolumeTarget, context: ActionContext): Promise<void> {
  if (!(await doesExist(mountPoint))) return;
  await context.program(chattrImmutableCall(mountPoint, false)).catch(() => {});
  await rmdir(mountPoint).catch((error: unknown) => context.log(`${mountPoint} stays: ${String(error)}`));
}

/**
 * Opens the volume with a passphrase (unless it is open) and mounts it (unless it is mounted). Answers whether it was open before. Throws
 * `deviceInUse` or `volumeExists` where something else has its place; what it opened itself is closed again when it can't be mounted.
 */
export async function openVolume(volume: VolumeTarget, secret: string, context: ActionContext): Promise<boolean> {
  const state = await stateOf(volume, context);
  if (state.isMounted) return true;
  if (state.otherMount) {
    throw new Failure(
      "deviceInUse",
      `${state.otherMount.source} is mounted on ${volume.mountPoint}, and that is not our volume. Unmount it there, then retry.`,
    );
  }
  if (state.otherMapping !== undefined) {
    throw new Failure(
      "volumeExists",
      `${mapperOf(volume)} is there already, on ${state.otherMapping} and not on ${volume.path}. Nothing was opened.`,
    );
  }
  if (!(await doesExist(volume.path))) throw new Failure("deviceMissing", `${volume.path} is not there.`);
  if (volume.encryption === "luks2" && !state.isMapped) {
    await context.program({
      ...luksOpenCall(volume.path, volume.name),
      secretFds: [{ fd: KEY_FD, bytes: context.secret(secret) }],
    });
  }
  try {
    if (volume.encryption === "luks2") await context.program(mountCall(mapperOf(volume), volume.mountPoint));
    else await mountPlain(volume, context);
  } catch (error) {
    if (!state.isMapped) await closeVolume(volume, context).catch(() => {});
    throw error;
  }
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
  if (!(await doesExist(volume.path))) return undefined;
  const { stdout } = await context.program({ ...loopsOfCall(volume.path), stdout: { to: "callbacks" } });
  return parseLoops(stdout.toString())[0]?.device;
}

/**
 * Unmounts and closes. What is not open, and what is not ours, is left alone. Throws `deviceInUse`, naming who has a file open and what
 * to do about it.
 */
export async function closeVolume(volume: VolumeTarget, context: ActionContext): Promise<{ wasMounted: boolean }> {
  const state = await stateOf(volume, context);
  if (state.otherMount)
    context.log(
      `${state.otherMount.source} is mounted on ${volume.mountPoint}. That is not our volume; it is left alone.`,
    );
  if (state.otherMapping !== undefined)
    context.log(`${mapperOf(volume)} lies on ${state.otherMapping}. That is not our volume; it is left alone.`);
  if (state.isMounted) {
    const [user] = await openBelow(volume.mountPoint);
    if (user) {
      throw new Failure(
        "deviceInUse",
        `${user.command} (${user.pid}) has ${user.path} open: ${volume.mountPoint} can't be unmounted. End that program, then retry.`,
      );
    }
    await context.program(umountCall(volume.mountPoint));
  }
  if (state.isMapped) await context.program(luksCloseCall(volume.name));
  if (volume.encryption === "none" && state.loop !== undefined) await context.program(detachLoopCall(state.loop));
  return { wasMounted: state.isMounted };
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
