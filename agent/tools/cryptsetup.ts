import { z } from "zod";
import type { ToolCall } from "./toolCall.ts";
import { failureBy, readJson } from "./toolCall.ts";

/** cryptsetup(8), "RETURN CODES": 1 wrong parameters, 2 no permission (bad passphrase), 3 out of memory, 4 wrong device, 5 device exists or busy. */
const failureOf = failureBy(
  { 1: "programFailed", 2: "wrongPassphrase", 3: "outOfMemory", 4: "deviceMissing", 5: "deviceInUse" },
  [
    { says: /No key available|No usable keyslot/, means: "wrongPassphrase" },
    {
      says: /device-mapper|dm_mod|Check that kernel supports|kernel crypto interface/,
      means: "kernelLacksModule",
    },
    { says: /already exists|is full, please select/, means: "volumeExists" },
    { says: /does not exist or access denied|is not a valid LUKS device|is not active/, means: "deviceMissing" },
    { says: /in use|busy/, means: "deviceInUse" },
  ],
);
const debianPackage = "cryptsetup-bin";

/** Descriptors from which the passphrases are read; never argv, environment or a file. */
export const KEY_FD = 3;
export const NEW_KEY_FD = 4;
const fd = (number: number) => `/dev/fd/${number}`;

/** What makes a passphrase expensive to guess: cryptsetup's own measure (argon2id), or a fixed PBKDF2 count for tests. */
function costArgs(pbkdfIterations: number): string[] {
  return pbkdfIterations === 0
    ? ["--pbkdf", "argon2id"]
    : ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", String(Math.max(1000, pbkdfIterations))];
}

/** Formats as LUKS2 with the passphrase on descriptor 3 in slot 0. Everything on the device is lost: callers look first. */
export function luksFormatCall(device: string, how: { pbkdfIterations: number; label: string }): ToolCall {
  return {
    file: "cryptsetup",
    args: [
      "--batch-mode",
      "luksFormat",
      "--type",
      "luks2",
      "--cipher",
      "aes-xts-plain64",
      "--key-size",
      "512",
      "--hash",
      "sha256",
      "--label",
      how.label,
      "--key-slot",
      "0",
      ...costArgs(how.pbkdfIterations),
      "--key-file",
      fd(KEY_FD),
      "--",
      device,
    ],
    debianPackage,
    failureOf,
  };
}

/** Adds the passphrase on descriptor 4 to a slot, authorised by the one on descriptor 3. */
export function luksAddKeyCall(device: string, slot: number, how: { pbkdfIterations: number }): ToolCall {
  return {
    file: "cryptsetup",
    args: [
      "--batch-mode",
      "luksAddKey",
      "--key-slot",
      String(slot),
      ...costArgs(how.pbkdfIterations),
      "--key-file",
      fd(KEY_FD),
      "--new-keyfile",
      fd(NEW_KEY_FD),
      "--",
      device,
    ],
    debianPackage,
    failureOf,
  };
}

/** Opens a volume as /dev/mapper/NAME with the passphrase on descriptor 3. */
export function luksOpenCall(device: string, name: string): ToolCall {
  return {
    file: "cryptsetup",
    args: ["--batch-mode", "open", "--type", "luks2", "--key-file", fd(KEY_FD), "--", device, name],
    debianPackage,
    failureOf,
  };
}

/**
 * Tests the passphrase on descriptor 3 against one slot, without opening anything. Exit code 0: it opens it; 2: it does not; 1: there
 * is no key in that slot (or no header: callers ask isLuksCall first).
 */
export function testPassphraseCall(device: string, slot: number): ToolCall {
  return {
    file: "cryptsetup",
    args: [
      "--batch-mode",
      "open",
      "--test-passphrase",
      "--type",
      "luks2",
      "--key-slot",
      String(slot),
      "--key-file",
      fd(KEY_FD),
      "--",
      device,
    ],
    debianPackage,
    failureOf,
    acceptExitCodes: [0, 1, 2],
  };
}

/** Closes a mapping. */
export function luksCloseCall(name: string): ToolCall {
  return { file: "cryptsetup", args: ["close", "--", name], debianPackage, failureOf };
}

/** Whether a device or file holds a LUKS header: exit code 0 yes, 1 no. */
export function isLuksCall(device: string): ToolCall {
  return { file: "cryptsetup", args: ["isLuks", "--", device], debianPackage, failureOf, acceptExitCodes: [0, 1] };
}

/** Whether a mapping is active: exit code 0 yes, 4 no. */
export function luksStatusCall(name: string): ToolCall {
  return { file: "cryptsetup", args: ["status", "--", name], debianPackage, failureOf, acceptExitCodes: [0, 4] };
}

/** Header as text (UUID, version) and, apart, its metadata as JSON. */
export function luksDumpCall(device: string): ToolCall {
  return { file: "cryptsetup", args: ["luksDump", "--dump-json-metadata", "--", device], debianPackage, failureOf };
}

/** UUID of a LUKS volume. */
export function luksUuidCall(device: string): ToolCall {
  return { file: "cryptsetup", args: ["luksUUID", "--", device], debianPackage, failureOf };
}

/** Writes a copy of the header to a new file. */
export function luksHeaderBackupCall(device: string, file: string): ToolCall {
  return {
    file: "cryptsetup",
    args: ["--batch-mode", "luksHeaderBackup", "--header-backup-file", file, "--", device],
    debianPackage,
    failureOf,
  };
}

/** Puts a header onto a device: used on scratch copies only. */
export function luksHeaderRestoreCall(device: string, file: string): ToolCall {
  return {
    file: "cryptsetup",
    args: ["--batch-mode", "luksHeaderRestore", "--header-backup-file", file, "--", device],
    debianPackage,
    failureOf,
  };
}

/** What a LUKS2 header says of its encryption and its key slots. */
export interface LuksHeader {
  readonly cipher: string;
  readonly keyBits: number;
  readonly slots: readonly number[];
}

const Metadata = z.object({
  // LUKS2 has 32 at most. A number of three hundred digits would be none that can be counted with.
  keyslots: z.record(z.string().regex(/^\d{1,2}$/), z.object({ key_size: z.int() })),
  segments: z.record(z.string(), z.object({ type: z.string(), encryption: z.string().optional() })),
});

/** Reads `luksDump --dump-json-metadata`. Throws `outputUnreadable` for what is no LUKS2 metadata. */
export function parseLuksMetadata(output: string): LuksHeader {
  const { keyslots, segments } = readJson(output, Metadata, "cryptsetup luksDump");
  const crypt = Object.values(segments).find((segment) => segment.type === "crypt");
  const sizes = Object.values(keyslots).map((slot) => slot.key_size * 8);
  return {
    cipher: crypt?.encryption ?? "unknown",
    keyBits: sizes[0] ?? 0,
    slots: Object.keys(keyslots)
      .map(Number)
      .sort((a, b) => a - b),
  };
}

/** What `cryptsetup status` says of an active mapping; undefined for an inactive one. */
export function parseLuksStatus(
  output: string,
): { type: string; cipher: string; keyBits: number; device: string; loop: string } | undefined {
  if (!/ is active/.test(output)) return undefined;
  const field = (name: string) => new RegExp(`^\\s*${name}:\\s*(.+?)\\s*$`, "m").exec(output)?.[1] ?? "";
  return {
    type: field("type"),
    cipher: field("cipher"),
    keyBits: Number(/^(\d{1,6}) bits/.exec(field("keysize"))?.[1] ?? 0),
    device: field("device"),
    // The image file behind the device; empty where there is none.
    loop: field("loop"),
  };
}
