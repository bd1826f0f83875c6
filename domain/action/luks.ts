import { z } from "zod";
import { Bytes, ReadPath, SecretName, TextList, WholeNumber, WritePath } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { role } from "./roles.ts";
import { Encryption, VolumeTarget } from "./volumeTarget.ts";

const count = z.int().min(0);
const bytes = z.int().min(0);
const tools = {
  cryptsetup: "cryptsetup-bin",
  dmsetup: "dmsetup",
  losetup: "mount",
  mount: "mount",
  umount: "mount",
  findmnt: "util-linux",
  blkid: "util-linux",
  chattr: "e2fsprogs",
} as const;

/**
 * Makes the volume: image fully allocated (never sparse) or device checked to be empty; LUKS2, aes-xts-plain64, 512 bits;
 * `operational` in slot 0, `recovery` in slot 1; ext4; mounted, with the folder `data` and a marker file in it. The mount point is
 * empty, mode 0000 and immutable while nothing is mounted. Refuses what exists already, and a size that leaves the file system
 * below `minFreePercent`.
 */
export const luksCreate = defineAction({
  name: "luks.create",
  title: "Make the encrypted volume",
  class: "destroy",
  args: z.strictObject({
    volume: VolumeTarget,
    sizeBytes: Bytes.meta(role("volumeSize")),
    minFreePercent: WholeNumber.pipe(z.int().min(0).max(50)).default(5),
    /** 0: argon2id at the cost that cryptsetup measures. Otherwise PBKDF2 with so many iterations (for tests: it is weaker). */
    pbkdfIterations: WholeNumber.pipe(z.int().min(0).max(100_000_000)).default(0),
  }),
  result: z.object({
    encrypted: Encryption,
    /** What carries it: dm-crypt, a bare loop device, or a plain directory. */
    carried_by: z.enum(["dmCrypt", "loop", "directory"]),
    cipher: z.string(),
    key_bits: count,
    slots_used: z.array(count),
    slots_used_count: count,
    uuid: z.string(),
    size_bytes: bytes,
    /** What programs without privileges may write to it. */
    free_bytes: bytes,
    mount_point: z.string(),
    is_mounted: z.boolean(),
    /** A file was written, read back and removed. */
    is_writable: z.boolean(),
    data_path: z.string(),
    host_free_percent: z.number(),
  }),
  tools: { ...tools, "mkfs.ext4": "e2fsprogs", fallocate: "util-linux" },
  secrets: ["operational", "recovery"],
  hasProgress: true,
});

/** Saves the LUKS header, encrypted with age to the recovery recipients, and proves on a scratch copy that it can be put back. */
export const luksHeaderBackup = defineAction({
  name: "luks.headerBackup",
  title: "Back up the LUKS header",
  class: "change",
  args: z.strictObject({
    volume: VolumeTarget,
    directory: WritePath,
    /** age recipients (`age1…`), at least one unless the volume is not encrypted. */
    recipients: TextList,
  }),
  result: z.object({
    encrypted: Encryption,
    /** Empty where there is no header. */
    path: z.string(),
    size_bytes: bytes,
    sha256: z.string(),
    recipients_count: count,
    /** The header was restored onto a scratch copy and the operational passphrase opened it there. */
    is_tested: z.boolean(),
  }),
  tools,
  secrets: ["operational"],
});

const openResult = z.object({
  encrypted: Encryption,
  is_mounted: z.boolean(),
  mount_point: z.string(),
  /** The marker file is there: it is our volume and not an empty folder. */
  has_marker: z.boolean(),
  was_open: z.boolean(),
});

/** Opens and mounts the volume with a passphrase. Safe to repeat. */
export const luksOpen = defineAction({
  name: "luks.open",
  title: "Open and mount the encrypted volume",
  class: "safe",
  args: z.strictObject({ volume: VolumeTarget, secret: SecretName.default("operational") }),
  result: openResult,
  tools,
  secrets: [],
  secretArgs: ["secret"],
});

/** Unmounts and closes the volume. Nothing on it is changed. A volume that is closed already, or was never made, is a success. */
export const luksClose = defineAction({
  name: "luks.close",
  title: "Unmount and close the encrypted volume",
  class: "change",
  args: z.strictObject({ volume: VolumeTarget }),
  result: z.object({ encrypted: Encryption, is_closed: z.boolean(), was_mounted: z.boolean(), exists: z.boolean() }),
  tools,
  secrets: [],
});

/** Unmounts, closes, opens and mounts again, so that what is read next comes from the disk and not from memory. */
export const luksReopen = defineAction({
  name: "luks.reopen",
  title: "Close the volume and open it again",
  class: "change",
  args: z.strictObject({ volume: VolumeTarget, secret: SecretName.default("operational") }),
  result: openResult.extend({ closed_first: z.boolean(), caches_dropped: z.boolean() }),
  tools,
  secrets: [],
  secretArgs: ["secret"],
});

/** What the volume is: type, cipher, key size, slots, and whether it is open and mounted. */
export const luksStatus = defineAction({
  name: "luks.status",
  title: "Read the state of the encrypted volume",
  class: "observe",
  args: z.strictObject({ volume: VolumeTarget }),
  result: z.object({
    exists: z.boolean(),
    encrypted: Encryption,
    /** `LUKS2`, or `none`. */
    type: z.string(),
    cipher: z.string(),
    key_bits: count,
    slots_used: z.array(count),
    slots_used_count: count,
    is_active: z.boolean(),
    is_mounted: z.boolean(),
    is_writable: z.boolean(),
    has_marker: z.boolean(),
    size_bytes: bytes,
    free_bytes: bytes,
    /** Use of the mounted file system, 0 to 100. */
    used_percent: z.number(),
  }),
  tools,
  secrets: [],
  probe: { ok: "is_mounted", value: "used_percent" },
});

/** Proves where a path really lies: file system, mapping, device, down to the disk. */
export const luksProve = defineAction({
  name: "luks.prove",
  title: "Prove that a path lies on dm-crypt",
  class: "observe",
  args: z.strictObject({ path: ReadPath }),
  result: z.object({
    encrypted: Encryption,
    on_dm_crypt: z.boolean(),
    mount_point: z.string(),
    fs_type: z.string(),
    /** From the file system down, such as `ext4 on /dev/mapper/pgdata`, `crypt aes-xts-plain64`, `loop0`, `/var/lib/…img`. */
    chain: z.array(z.string()),
    chain_text: z.string(),
  }),
  tools,
  secrets: [],
});

/** Tests on the live volume that a passphrase opens a key slot. Nothing is unmounted. */
export const luksTestSlot = defineAction({
  name: "luks.testSlot",
  title: "Test a key slot on the live volume",
  class: "observe",
  args: z.strictObject({
    volume: VolumeTarget,
    slot: WholeNumber.pipe(z.int().min(0).max(31)),
    secret: SecretName,
  }),
  result: z.object({ encrypted: Encryption, slot: count, opens: z.boolean() }),
  tools,
  secrets: [],
  secretArgs: ["secret"],
});
