import { z } from "zod";
import { Bytes, ReadPath, SecretName, TextList, WholeNumber, WritePath } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { role } from "./roles.ts";
import { Encryption, EXAMPLE_VOLUME, VolumeTarget } from "./volumeTarget.ts";

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

/** `luks.create`. */
export const luksCreate = defineAction({
  name: "luks.create",
  title: "Make the encrypted volume",
  about:
    "Makes the volume: image fully allocated (never sparse) or device checked to be empty; LUKS2, aes-xts-plain64, 512 bits; `operational` in slot 0, `recovery` in slot 1; ext4; mounted, with the folder `data` and a marker file in it. The mount point is empty, mode 0000 and immutable while nothing is mounted. Refuses what exists already, and a size that leaves the file system below `minFreePercent`.",
  class: "destroy",
  args: z.strictObject({
    volume: VolumeTarget,
    sizeBytes: Bytes.meta(role("volumeSize")).describe("Size of the image file. A device is taken whole."),
    minFreePercent: WholeNumber.pipe(z.int().min(0).max(50))
      .default(5)
      .describe("Percent that must stay free of the file system that holds the image."),
    pbkdfIterations: WholeNumber.pipe(z.int().min(0).max(100_000_000))
      .default(0)
      .describe(
        "0: argon2id at the cost that cryptsetup measures. Otherwise PBKDF2 with so many iterations (for tests: it is weaker).",
      ),
  }),
  example: { volume: EXAMPLE_VOLUME, sizeBytes: 42_949_672_960 },
  result: z.object({
    encrypted: Encryption,
    carried_by: z
      .enum(["dmCrypt", "loop", "directory"])
      .describe("What carries it: dm-crypt, a bare loop device, or a plain directory."),
    cipher: z.string(),
    key_bits: count,
    slots_used: z.array(count),
    slots_used_count: count,
    uuid: z.string(),
    size_bytes: bytes,
    free_bytes: bytes.describe("What programs without privileges may write to it."),
    mount_point: z.string(),
    is_mounted: z.boolean(),
    is_writable: z.boolean().describe("A file was written, read back and removed."),
    data_path: z.string(),
    host_free_percent: z.number(),
  }),
  undo: "`luks.close`, then remove the image by hand; what was on a device before is lost, so only an empty one is taken.",
  afterCancel:
    "What is open or mounted by then, and the image that was begun: the receipt names each with the command that removes it, and a retry takes it back.",
  tools: { ...tools, "mkfs.ext4": "e2fsprogs", fallocate: "util-linux" },
  secrets: ["operational", "recovery"],
  hasProgress: true,
});

/** `luks.headerBackup`. */
export const luksHeaderBackup = defineAction({
  name: "luks.headerBackup",
  title: "Back up the LUKS header",
  about:
    "Saves the LUKS header, encrypted with age to the recovery recipients, and proves on a scratch copy that it can be put back.",
  class: "change",
  args: z.strictObject({
    volume: VolumeTarget,
    directory: WritePath.describe("Folder that the encrypted header is put into; made where it is missing."),
    recipients: TextList.describe("age recipients (`age1…`), at least one unless the volume is not encrypted."),
  }),
  example: {
    volume: EXAMPLE_VOLUME,
    directory: "/var/backups/slackwater",
    recipients: ["age1a3cy0v7rh0cj52kqmg704df4703nmuerwc9423yxgq5s29we6y5st4ehu0"],
  },
  result: z.object({
    encrypted: Encryption,
    path: z.string().describe("Empty where there is no header."),
    size_bytes: bytes,
    sha256: z.string(),
    recipients_count: count,
    is_tested: z
      .boolean()
      .describe("The header was restored onto a scratch copy and the operational passphrase opened it there."),
  }),
  undo: "Nothing that was there is changed: remove the file that the result names.",
  afterCancel:
    "Perhaps the header, not encrypted, in memory: the receipt names its folder and how to remove it, the next attempt removes it, and a restart of the host does in any case.",
  tools,
  secrets: ["operational"],
});

const openResult = z.object({
  encrypted: Encryption,
  is_mounted: z.boolean(),
  mount_point: z.string(),
  has_marker: z.boolean().describe("The marker file is there: it is our volume and not an empty folder."),
  was_open: z.boolean(),
});

/** `luks.open`. */
export const luksOpen = defineAction({
  name: "luks.open",
  title: "Open and mount the encrypted volume",
  about: "Opens and mounts the volume with a passphrase. Safe to repeat.",
  class: "safe",
  args: z.strictObject({
    volume: VolumeTarget,
    secret: SecretName.default("operational").describe("The passphrase that opens it."),
  }),
  example: { volume: EXAMPLE_VOLUME },
  result: openResult,
  afterCancel: "The volume open, mounted or both: the receipt names which, with the command that closes it.",
  tools,
  secrets: [],
  secretArgs: ["secret"],
});

/** `luks.close`. */
export const luksClose = defineAction({
  name: "luks.close",
  title: "Unmount and close the encrypted volume",
  about:
    "Unmounts and closes the volume. Nothing on it is changed. A volume that is closed already, or was never made, is a success.",
  class: "change",
  args: z.strictObject({ volume: VolumeTarget }),
  example: { volume: EXAMPLE_VOLUME },
  result: z.object({ encrypted: Encryption, is_closed: z.boolean(), was_mounted: z.boolean(), exists: z.boolean() }),
  undo: "`luks.open` opens and mounts it again.",
  afterCancel: "The volume open, mounted or both: the receipt names which, with the command that closes it.",
  tools,
  secrets: [],
});

/** `luks.reopen`. */
export const luksReopen = defineAction({
  name: "luks.reopen",
  title: "Close the volume and open it again",
  about: "Unmounts, closes, opens and mounts again, so that what is read next comes from the disk and not from memory.",
  class: "change",
  args: z.strictObject({
    volume: VolumeTarget,
    secret: SecretName.default("operational").describe("The passphrase that opens it."),
  }),
  example: { volume: EXAMPLE_VOLUME },
  result: openResult.extend({ closed_first: z.boolean(), caches_dropped: z.boolean() }),
  undo: "It ends as it began; `luks.open` mounts the volume where it stopped half-way.",
  afterCancel: "The volume open, closed or between: the receipt names what is open; `luks.open` mounts it.",
  tools,
  secrets: [],
  secretArgs: ["secret"],
});

/** `luks.status`. */
export const luksStatus = defineAction({
  name: "luks.status",
  title: "Read the state of the encrypted volume",
  about: "What the volume is: type, cipher, key size, slots, and whether it is open and mounted.",
  class: "observe",
  args: z.strictObject({ volume: VolumeTarget }),
  example: { volume: EXAMPLE_VOLUME },
  result: z.object({
    exists: z.boolean(),
    encrypted: Encryption,
    type: z.string().describe("`LUKS2`, or `none`."),
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
    used_percent: z.number().describe("Use of the mounted file system, 0 to 100."),
  }),
  tools,
  secrets: [],
  probe: { ok: "is_mounted", value: "used_percent" },
});

/** `luks.prove`. */
export const luksProve = defineAction({
  name: "luks.prove",
  title: "Prove that a path lies on dm-crypt",
  about: "Proves where a path really lies: file system, mapping, device, down to the disk.",
  class: "observe",
  args: z.strictObject({ path: ReadPath.describe("The path that is asked about.") }),
  example: { path: "/mnt/pgdata/data" },
  result: z.object({
    encrypted: Encryption,
    on_dm_crypt: z.boolean(),
    mount_point: z.string(),
    fs_type: z.string(),
    chain: z
      .array(z.string())
      .describe(
        "From the file system down, such as `ext4 on /dev/mapper/pgdata`, `crypt aes-xts-plain64`, `loop0`, `/var/lib/…img`.",
      ),
    chain_text: z.string(),
  }),
  tools,
  secrets: [],
});

/** `luks.testSlot`. */
export const luksTestSlot = defineAction({
  name: "luks.testSlot",
  title: "Test a key slot on the live volume",
  about: "Tests on the live volume that a passphrase opens a key slot. Nothing is unmounted.",
  class: "observe",
  args: z.strictObject({
    volume: VolumeTarget,
    slot: WholeNumber.pipe(z.int().min(0).max(31)).describe("Number of the key slot."),
    secret: SecretName.describe("The passphrase that should open it."),
  }),
  example: { volume: EXAMPLE_VOLUME, slot: 1, secret: "recovery" },
  result: z.object({ encrypted: Encryption, slot: count, opens: z.boolean() }),
  tools,
  secrets: [],
  secretArgs: ["secret"],
});
