import type { VolumeTarget } from "../../../domain/action/volumeTarget.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Leftovers } from "../../process/supervise.ts";
import { beginningOf } from "./begun.ts";
import { mapperOf, stateOf } from "./volume.ts";

/** What of a volume is open on the host, in the order in which it would be closed. */
export async function leftOpen(volume: VolumeTarget, context: ActionContext): Promise<Leftovers> {
  const { isMounted, isMapped, loop } = await stateOf(volume, context);
  const mapper = mapperOf(volume);
  const left: Leftovers = [];
  if (isMounted)
    left.push({
      kind: "mount",
      what: `${volume.encryption === "luks2" ? mapper : volume.path} on ${volume.mountPoint}`,
      cleanUp: `umount -- ${volume.mountPoint}`,
    });
  if (isMapped)
    left.push({ kind: "mapping", what: `${mapper}, on ${volume.path}`, cleanUp: `cryptsetup close ${volume.name}` });
  // cryptsetup's own loop device goes away with its mapping.
  else if (loop !== undefined)
    left.push({ kind: "loop", what: `${loop}, on ${volume.path}`, cleanUp: `losetup --detach ${loop}` });
  return left;
}

/** What an unfinished `luks.create` has left: what is open, and the image that was begun. */
export async function leftUnfinished(volume: VolumeTarget, context: ActionContext): Promise<Leftovers> {
  const open = await leftOpen(volume, context);
  if ((await beginningOf(volume)) === undefined) return open;
  const again = "Retry the step, which takes it back and makes it anew";
  const cleanUp =
    volume.backing === "file" ? `${again}, or: rm -- ${volume.path}` : `${again}. It holds nothing of anybody's.`;
  return [...open, { kind: "partialFiles", what: `${volume.path}, begun and not finished`, cleanUp }];
}
