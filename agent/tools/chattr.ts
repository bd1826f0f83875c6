import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** Makes a folder immutable (or not), so that nothing can be written into a mount point while nothing is mounted on it. */
export function chattrImmutableCall(folder: string, isImmutable: boolean): ToolCall {
  return {
    file: "chattr",
    args: [isImmutable ? "+i" : "-i", "--", folder],
    debianPackage: "e2fsprogs",
    failureOf: failureBy({}, [{ says: /not supported|Inappropriate ioctl/, means: "programFailed" }]),
  };
}
