import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/**
 * Makes an ext4 file system: no blocks reserved for root (the database may use them all), metadata written at once, so that the first
 * hours do not pay for it. Nothing is discarded: through a loop device that would punch holes into an image that is to be fully
 * allocated. mkfs.ext4 asks before it overwrites a file system only on a terminal: callers look first (blkid).
 */
export function mkfsExt4Call(device: string, label: string): ToolCall {
  return {
    file: "mkfs.ext4",
    args: [
      "-q",
      "-m",
      "0",
      "-L",
      label.slice(0, 16),
      "-E",
      "nodiscard,lazy_itable_init=0,lazy_journal_init=0",
      "--",
      device,
    ],
    debianPackage: "e2fsprogs",
    failureOf: failureBy({}, [
      { says: /apparently in use|is mounted/, means: "deviceInUse" },
      { says: /No such file/, means: "deviceMissing" },
    ]),
  };
}
