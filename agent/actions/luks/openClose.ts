import { writeFile } from "node:fs/promises";
import type { z } from "zod";
import { luksClose, luksOpen, luksReopen } from "../../../domain/action/luks.ts";
import type { VolumeTarget } from "../../../domain/action/volumeTarget.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Action } from "../action.ts";
import { leftOpen } from "./leftovers.ts";
import { closePlan, dropCachesPlan, openPlan } from "./openClosePlan.ts";
import { closeVolume, doesExist, hasMarker, openVolume, stateOf } from "./volume.ts";

async function opened(
  volume: VolumeTarget,
  wasOpen: boolean,
  context: ActionContext,
): Promise<z.output<typeof luksOpen.result>> {
  const { isMounted } = await stateOf(volume, context);
  return {
    encrypted: volume.encryption,
    is_mounted: isMounted,
    mount_point: volume.mountPoint,
    has_marker: isMounted && (await hasMarker(volume)),
    was_open: wasOpen,
  };
}

/** `luks.open`. */
export const luksOpenAction: Action<typeof luksOpen.args, typeof luksOpen.result> = {
  spec: luksOpen,
  plan: ({ volume, secret }) => openPlan(volume, secret),
  run: async ({ volume, secret }, context) => opened(volume, await openVolume(volume, secret, context), context),
  inspect: async ({ volume }, context) =>
    (await stateOf(volume, context)).isMounted
      ? { state: "done", result: await opened(volume, true, context) }
      : { state: "notBegun" },
  left: ({ volume }, context) => leftOpen(volume, context),
};

/** `luks.close`. */
export const luksCloseAction: Action<typeof luksClose.args, typeof luksClose.result> = {
  spec: luksClose,
  plan: ({ volume }) => closePlan(volume),
  run: async ({ volume }, context) => {
    const { wasMounted } = await closeVolume(volume, context);
    return {
      encrypted: volume.encryption,
      is_closed: true,
      was_mounted: wasMounted,
      exists: await doesExist(volume.path),
    };
  },
  inspect: async ({ volume }, context) => {
    const { isMounted, isMapped } = await stateOf(volume, context);
    if (isMounted || isMapped) return { state: "notBegun" };
    const exists = await doesExist(volume.path);
    return {
      state: "done",
      result: { encrypted: volume.encryption, is_closed: true, was_mounted: false, exists },
    };
  },
  left: ({ volume }, context) => leftOpen(volume, context),
};

/** `luks.reopen`: proves on the way that the passphrase opens the volume, and makes the next reader read the disk. */
export const luksReopenAction: Action<typeof luksReopen.args, typeof luksReopen.result> = {
  spec: luksReopen,
  plan: ({ volume, secret }) => [...closePlan(volume), ...dropCachesPlan(), ...openPlan(volume, secret)],
  run: async ({ volume, secret }, context) => {
    const { wasMounted } = await closeVolume(volume, context);
    const dropped = await dropCaches(context);
    const wasOpen = await openVolume(volume, secret, context);
    return { ...(await opened(volume, wasOpen, context)), closed_first: wasMounted, caches_dropped: dropped };
  },
  // Half a re-opening is a closed volume; doing it again is right in every case.
  inspect: () => Promise.resolve({ state: "notBegun" }),
  left: ({ volume }, context) => leftOpen(volume, context),
};

/**
 * Drops clean pages of the whole host. Closing the mapping forgets the decrypted pages, but an image file's own ciphertext may still lie
 * in memory, where damage on the disk would not show.
 */
async function dropCaches(context: ActionContext): Promise<boolean> {
  await context.program({ file: "sync", args: [], debianPackage: "coreutils" });
  return writeFile("/proc/sys/vm/drop_caches", "3").then(
    () => true,
    () => {
      context.log("This kernel does not let us drop its caches.");
      return false;
    },
  );
}
