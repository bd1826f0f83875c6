import { mkdir, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { luksCreate } from "../../../domain/action/luks.ts";
import type { VolumeTarget } from "../../../domain/action/volumeTarget.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { blkidProbeCall, contentOf } from "../../tools/blkid.ts";
import {
  KEY_FD,
  luksAddKeyCall,
  luksFormatCall,
  luksOpenCall,
  luksUuidCall,
  NEW_KEY_FD,
} from "../../tools/cryptsetup.ts";
import { fallocateCall } from "../../tools/fallocate.ts";
import { attachLoopCall } from "../../tools/losetup.ts";
import { mkfsExt4Call } from "../../tools/mkfs.ts";
import { mountCall } from "../../tools/mount.ts";
import type { Action, Inspection } from "../action.ts";
import { nearestExisting } from "../nearestExisting.ts";
import { beginningOf, forgetBeginning, noteBeginning } from "./begun.ts";
import { createPlan } from "./createPlan.ts";
import { headerOf } from "./header.ts";
import { leftUnfinished } from "./leftovers.ts";
import {
  closeVolume,
  DATA_FOLDER,
  doesExist,
  hasMarker,
  isWritable,
  MARKER,
  mapperOf,
  removeMountPoint,
  sealMountPoint,
  spaceOf,
  stateOf,
} from "./volume.ts";

type Args = z.output<typeof luksCreate.args>;
type Result = z.output<typeof luksCreate.result>;

const STEPS = 6;

/** `luks.create`. The order is such that a failure at any point leaves nothing that looks finished: the marker is written last. */
export const luksCreateAction: Action<typeof luksCreate.args, typeof luksCreate.result> = {
  spec: luksCreate,
  plan: createPlan,
  run: create,
  inspect,
  left: ({ volume }, context) => leftUnfinished(volume, context),
};

async function inspect(args: Args, context: ActionContext): Promise<Inspection<Result>> {
  const { volume } = args;
  if ((await stateOf(volume, context)).isMounted && (await hasMarker(volume))) {
    return { state: "done", result: await describe(args, context) };
  }
  if ((await beginningOf(volume)) === undefined) return { state: "notBegun" };
  return { state: "halfWay", found: `${volume.path} was begun. It is taken back and made anew.` };
}

async function create(args: Args, context: ActionContext): Promise<Result> {
  const { volume } = args;
  // What an attempt has begun that was cancelled or cut off, and only that: what is there without being ours is refused.
  if ((await beginningOf(volume)) !== undefined) await takeBack(volume, context);
  await refuseWhatExists(volume, context);
  await requireSpace(args);
  context.recordUndo({
    kind: "volume",
    facts: { path: volume.path, name: volume.name, mountPoint: volume.mountPoint },
  });
  await noteBeginning(volume, !(await doesExist(volume.mountPoint)));
  try {
    await make(args, context);
  } catch (error) {
    await removeUnfinished(volume, context);
    throw error;
  }
  await forgetBeginning(volume);
  return describe(args, context);
}

async function make({ volume, sizeBytes, pbkdfIterations }: Args, context: ActionContext): Promise<void> {
  let step = 0;
  const next = (item: string) => {
    step += 1;
    context.progress({ done: step, total: STEPS, unit: "steps", item });
  };
  next("allocating");
  if (volume.backing === "file") {
    await mkdir(dirname(volume.path), { recursive: true, mode: 0o700 });
    await context.program(fallocateCall(volume.path, sizeBytes));
  }
  await sealMountPoint(volume, context);
  if (volume.encryption === "luks2") {
    const operational = context.secret("operational");
    const recovery = context.secret("recovery");
    next("formatting as LUKS2");
    await context.program({
      ...luksFormatCall(volume.path, { pbkdfIterations, label: volume.name }),
      secretFds: [{ fd: KEY_FD, bytes: operational }],
    });
    next("adding the recovery passphrase");
    await context.program({
      ...luksAddKeyCall(volume.path, 1, { pbkdfIterations }),
      secretFds: [
        { fd: KEY_FD, bytes: operational },
        { fd: NEW_KEY_FD, bytes: recovery },
      ],
    });
    next("opening");
    await context.program({
      ...luksOpenCall(volume.path, volume.name),
      secretFds: [{ fd: KEY_FD, bytes: operational }],
    });
    next("making the file system");
    await context.program(mkfsExt4Call(mapperOf(volume), volume.name));
    next("mounting");
    await context.program(mountCall(mapperOf(volume), volume.mountPoint));
  } else {
    context.log("NOT ENCRYPTED: this machine was told to go without dm-crypt.");
    await makePlain(volume, context);
  }
  await mkdir(join(volume.mountPoint, DATA_FOLDER), { mode: 0o700 });
  await writeFile(join(volume.mountPoint, MARKER), `${volume.name}\n`, { mode: 0o644, flush: true });
}

/** Takes back what a failed attempt has made, so that the step can simply be retried. What can't be taken back is told. */
async function removeUnfinished(volume: VolumeTarget, context: ActionContext): Promise<void> {
  try {
    await takeBack(volume, context);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.log(`What was made of ${volume.path} could not be taken back; the next attempt will try again: ${why}`);
  }
}

/** Closes and removes what was begun: nothing of anybody's is on it, for what was there before is refused first. A device is only closed. */
async function takeBack(volume: VolumeTarget, context: ActionContext): Promise<void> {
  const beginning = await beginningOf(volume);
  await closeVolume(volume, context);
  if (volume.backing === "file") await rm(volume.path, { force: true });
  if (beginning?.madeMountPoint) await removeMountPoint(volume, context);
  await forgetBeginning(volume);
}

async function makePlain(volume: VolumeTarget, context: ActionContext): Promise<void> {
  let device = volume.path;
  if (volume.backing === "file") {
    const attached = await context.program({ ...attachLoopCall(volume.path, false), stdout: { to: "callbacks" } });
    device = attached.stdout.toString().trim();
  }
  await context.program(mkfsExt4Call(device, volume.name));
  await context.program(mountCall(device, volume.mountPoint));
}

async function refuseWhatExists(volume: VolumeTarget, context: ActionContext): Promise<void> {
  if (volume.encryption === "luks2" && (await doesExist(mapperOf(volume)))) {
    throw new Failure("volumeExists", `${mapperOf(volume)} is there already. Nothing was changed.`);
  }
  const { isMounted, otherMount } = await stateOf(volume, context);
  if (isMounted || otherMount) {
    const by = otherMount ? `, by ${otherMount.source}` : "";
    throw new Failure("volumeExists", `${volume.mountPoint} is mounted already${by}. Nothing was changed.`);
  }
  if (volume.backing === "file") {
    if (await doesExist(volume.path))
      throw new Failure("volumeExists", `${volume.path} is there already. Nothing was changed.`);
    return;
  }
  const device = await stat(volume.path).catch(() => undefined);
  if (!device?.isBlockDevice()) throw new Failure("deviceMissing", `${volume.path} is no block device.`);
  const { stdout } = await context.program({ ...blkidProbeCall(volume.path), stdout: { to: "callbacks" } });
  const content = contentOf(stdout.toString());
  if (content !== undefined)
    throw new Failure("deviceInUse", `${volume.path} holds ${content}. Nothing was written to it.`);
}

async function requireSpace({ volume, sizeBytes, minFreePercent }: Args): Promise<void> {
  if (volume.backing !== "file") return;
  const { blocks, bavail, bsize } = await statfs(await nearestExisting(dirname(volume.path)));
  const leftPercent = ((bavail * bsize - sizeBytes) / (blocks * bsize)) * 100;
  if (leftPercent < minFreePercent) {
    throw new Failure(
      "diskFull",
      `An image of ${sizeBytes} bytes would leave ${leftPercent.toFixed(1)} % of the file system of ${volume.path} free; at least ${minFreePercent} % must stay.`,
    );
  }
}

async function describe({ volume }: Args, context: ActionContext): Promise<Result> {
  const isCrypt = volume.encryption === "luks2";
  const header = isCrypt ? await headerOf(volume, context) : { cipher: "none", keyBits: 0, slots: [] };
  const uuid = isCrypt
    ? (await context.program({ ...luksUuidCall(volume.path), stdout: { to: "callbacks" } })).stdout.toString().trim()
    : "";
  const { sizeBytes, freeBytes } = await spaceOf(volume);
  const host = await statfs(dirname(volume.path));
  return {
    encrypted: volume.encryption,
    carried_by: isCrypt ? "dmCrypt" : "loop",
    cipher: header.cipher,
    key_bits: header.keyBits,
    slots_used: [...header.slots],
    slots_used_count: header.slots.length,
    uuid,
    size_bytes: sizeBytes,
    free_bytes: freeBytes,
    mount_point: volume.mountPoint,
    is_mounted: (await stateOf(volume, context)).isMounted,
    is_writable: await isWritable(volume),
    data_path: join(volume.mountPoint, DATA_FOLDER),
    host_free_percent: (host.bavail / host.blocks) * 100,
  };
}
