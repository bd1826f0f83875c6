import { statfs } from "node:fs/promises";
import { hostDisk } from "../../../domain/action/host.ts";
import { bash } from "../../byHand/bash.ts";
import { findmntTargetCall, parseFindmnt } from "../../tools/findmnt.ts";
import { noteOf } from "../action.ts";
import { nearestExisting } from "../nearestExisting.ts";
import { observing } from "../observing.ts";

/** `host.disk` by statfs and findmnt. Free bytes are those that an ordinary user may still use. */
export const hostDiskAction = observing(hostDisk, {
  plan: ({ path }) => [
    { kind: "program", ...findmntTargetCall(path), bash: [] },
    noteOf(`statfs of ${path}, or of the nearest folder above it that exists`, [
      bash`there=${path}`,
      bash`while [[ ! -e $there ]]; do there=$(dirname -- "$there"); done`,
      bash`df --block-size=1 --output=avail,size,source,fstype,target -- "$there"`,
    ]),
  ],
  run: async ({ path }, context) => {
    const there = await nearestExisting(path);
    const space = await statfs(there);
    const mounted = await context.program({ ...findmntTargetCall(there), stdout: { to: "callbacks" } });
    const [mount] = parseFindmnt(mounted.stdout.toString());
    const totalBytes = space.blocks * space.bsize;
    const freeBytes = space.bavail * space.bsize;
    return {
      path,
      total_bytes: totalBytes,
      free_bytes: freeBytes,
      free_percent: totalBytes === 0 ? 0 : (freeBytes / totalBytes) * 100,
      mount_point: mount?.target ?? "/",
      source: mount?.source ?? "unknown",
      fs_type: mount?.fsType ?? "unknown",
    };
  },
});
