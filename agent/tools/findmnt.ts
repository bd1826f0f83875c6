import { z } from "zod";
import type { ToolCall } from "./toolCall.ts";
import { readJson } from "./toolCall.ts";

/** A mounted file system as findmnt tells it. */
export interface Mount {
  readonly target: string;
  readonly source: string;
  readonly fsType: string;
  readonly options: readonly string[];
}

const Listing = z.object({
  filesystems: z.array(z.object({ target: z.string(), source: z.string(), fstype: z.string(), options: z.string() })),
});

const COLUMNS = ["--kernel", "--list", "--json", "--output", "TARGET,SOURCE,FSTYPE,OPTIONS"];

/** Which file system holds a path. findmnt has no `--`: the path is absolute, so that it can't be an option. */
export function findmntTargetCall(path: string): ToolCall {
  return { file: "findmnt", args: [...COLUMNS, "--target", path], debianPackage: "util-linux" };
}

/** What is mounted exactly here; exit code 1 and no output mean nothing is. */
export function findmntMountpointCall(path: string): ToolCall {
  return {
    file: "findmnt",
    args: [...COLUMNS, "--mountpoint", path],
    debianPackage: "util-linux",
    acceptExitCodes: [0, 1],
  };
}

/** Where a device or an image is mounted, everywhere; exit code 1 and no output mean nowhere. */
export function findmntSourceCall(source: string): ToolCall {
  return {
    file: "findmnt",
    args: [...COLUMNS, "--source", source],
    debianPackage: "util-linux",
    acceptExitCodes: [0, 1],
  };
}

/** Reads `findmnt --json`; empty output is an empty list. Throws `outputUnreadable` for anything else. */
export function parseFindmnt(output: string): readonly Mount[] {
  if (output.trim() === "") return [];
  return readJson(output, Listing, "findmnt").filesystems.map(({ target, source, fstype, options }) => ({
    target,
    // A bind mount shows as `/dev/x[/folder]`: the device is what it lies on.
    source: source.replace(/\[.*\]$/s, ""),
    fsType: fstype,
    options: options.split(","),
  }));
}
