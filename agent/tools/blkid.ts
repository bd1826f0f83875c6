import type { ToolCall } from "./toolCall.ts";

/** Probes what a device holds, by its content and not by a cache. Exit code 2: nothing that is known (blkid(8)). */
export function blkidProbeCall(device: string): ToolCall {
  return {
    file: "blkid",
    args: ["--probe", "--output", "export", "--", device],
    debianPackage: "util-linux",
    acceptExitCodes: [0, 2],
  };
}

/** What `blkid --output export` says: the type of a file system, or of a partition table; undefined for an empty device. */
export function contentOf(output: string): string | undefined {
  return /^TYPE=(.+)$/m.exec(output)?.[1] ?? /^PTTYPE=(.+)$/m.exec(output)?.[1];
}
