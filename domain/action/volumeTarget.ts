import { z } from "zod";
import { AbsolutePath, WritePath } from "./argument.ts";
import { role } from "./roles.ts";

export const Encryption = z
  .enum(["luks2", "none"])
  .describe("`none` is NOT ENCRYPTED, and allowed only where agent.yaml says `volumes.allowUnencrypted`.");
/**
 * `luks2`, or `none` for machines without dm-crypt: the same steps on an ext4 image over a loop device, or on a plain directory
 * where there is no loop device either. NOT ENCRYPTED: an agent does it only when its agent.yaml says `volumes.allowUnencrypted`,
 * and every result says `encrypted: none`.
 */
export type Encryption = z.infer<typeof Encryption>;

export const VolumeTarget = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,62}$/, "a lower-case word")
      .describe("Name of the mapping under /dev/mapper."),
    backing: z
      .enum(["file", "device"])
      .default("file")
      .describe("The container: an image file that is made fully allocated, or a block device."),
    path: AbsolutePath.meta(role("volumePath")).describe("Path of the image file or of the block device."),
    mountPoint: WritePath.describe("Folder that it is mounted on; made where it is missing."),
    encryption: Encryption.meta(role("encryption")).default("luks2"),
  })
  .meta({ title: "Volume", description: "The volume: what holds it, what it is called, where it is mounted." });
/** An encrypted volume on a host: what holds it, what it is called, where it is mounted. */
export type VolumeTarget = z.infer<typeof VolumeTarget>;

/** The volume of the examples in the documentation. */
export const EXAMPLE_VOLUME: z.input<typeof VolumeTarget> = {
  name: "pgdata",
  path: "/var/lib/slackwater/volumes/pgdata.img",
  mountPoint: "/mnt/pgdata",
};
