import { createHash } from "node:crypto";
import { z } from "zod";
import type { VolumeTarget } from "../../../domain/action/volumeTarget.ts";
import { forgetKept, keepFile, readKept } from "../keptFile.ts";

const Beginning = z.object({
  path: z.string(),
  /** The folder that it is mounted on was made for it. */
  madeMountPoint: z.boolean(),
});
/** That a volume was begun by us. While this is kept nothing of anybody's lies on it: it may be taken back and made anew. */
export type Beginning = z.infer<typeof Beginning>;

const nameOf = ({ path }: VolumeTarget) =>
  `volume-begun.${createHash("sha256").update(path).digest("hex").slice(0, 32)}.json`;

/** Writes down that a volume is begun, before anything of it is made. */
export async function noteBeginning(volume: VolumeTarget, madeMountPoint: boolean): Promise<void> {
  await keepFile(nameOf(volume), { path: volume.path, madeMountPoint });
}

/** The beginning of a volume that was never finished; undefined for a volume that is whole, not ours, or not there. */
export async function beginningOf(volume: VolumeTarget): Promise<Beginning | undefined> {
  return readKept(nameOf(volume), Beginning);
}

/** The volume is whole, or what there was of it is taken back. */
export async function forgetBeginning(volume: VolumeTarget): Promise<void> {
  await forgetKept(nameOf(volume));
}
