import { z } from "zod";
import type { ToolCall } from "./toolCall.ts";
import { readJson } from "./toolCall.ts";

/** A device with everything that it lies on, top first: `lsblk --inverse`. */
export function lsblkInverseCall(device: string): ToolCall {
  return {
    file: "lsblk",
    args: ["--json", "--inverse", "--paths", "--output", "NAME,TYPE", "--", device],
    debianPackage: "util-linux",
  };
}

interface BlockDevice {
  name: string;
  type: string;
  children?: BlockDevice[] | undefined;
}
const BlockDevice: z.ZodType<BlockDevice> = z.lazy(() =>
  z.object({ name: z.string(), type: z.string(), children: z.array(BlockDevice).optional() }),
);
const Listing = z.object({ blockdevices: z.array(BlockDevice) });

/** The chain of devices from the top down, each once. */
export function parseLsblkChain(output: string): readonly { name: string; type: string }[] {
  const chain: { name: string; type: string }[] = [];
  const visit = (device: BlockDevice) => {
    if (!chain.some((known) => known.name === device.name)) chain.push({ name: device.name, type: device.type });
    for (const below of device.children ?? []) visit(below);
  };
  for (const device of readJson(output, Listing, "lsblk").blockdevices) visit(device);
  return chain;
}
