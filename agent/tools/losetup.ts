import { z } from "zod";
import type { ToolCall } from "./toolCall.ts";
import { failureBy, readJson } from "./toolCall.ts";

const failureOf = failureBy({}, [
  { says: /cannot find an unused loop|\/dev\/loop-control/, means: "kernelLacksModule" },
  { says: /No such (?:file|device)|failed to set up loop/, means: "deviceMissing" },
  { says: /busy/, means: "deviceInUse" },
]);
const debianPackage = "mount";

/**
 * Attaches a file to a loop device and prints its name; one that is attached already keeps its device, which is printed. Direct I/O,
 * so that its blocks are not cached twice.
 */
export function attachLoopCall(file: string, directIo: boolean): ToolCall {
  return {
    file: "losetup",
    args: ["--find", "--show", "--nooverlap", ...(directIo ? ["--direct-io=on"] : []), "--", file],
    debianPackage,
    failureOf,
  };
}

/** Detaches a loop device. */
export function detachLoopCall(device: string): ToolCall {
  return { file: "losetup", args: ["--detach", device], debianPackage, failureOf };
}

/** Which loop devices a file is attached to. */
export function loopsOfCall(file: string): ToolCall {
  return {
    file: "losetup",
    args: ["--json", "--output", "NAME,BACK-FILE", "--associated", file],
    debianPackage,
    failureOf,
  };
}

/** All loop devices with the files behind them. */
export function allLoopsCall(): ToolCall {
  return { file: "losetup", args: ["--json", "--list", "--output", "NAME,BACK-FILE"], debianPackage, failureOf };
}

const Listing = z.object({ loopdevices: z.array(z.object({ name: z.string(), "back-file": z.string().nullable() })) });

/** Reads `losetup --json`; empty output means no loop device. */
export function parseLoops(output: string): readonly { device: string; file: string }[] {
  if (output.trim() === "") return [];
  return readJson(output, Listing, "losetup").loopdevices.map((loop) => ({
    device: loop.name,
    file: loop["back-file"] ?? "",
  }));
}
