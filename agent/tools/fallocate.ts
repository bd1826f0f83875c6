import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/**
 * Makes a file whose blocks are all allocated: a sparse image would run out of space in the middle of the night. When it does not fit
 * (`diskFull`) the file is left behind, empty or in part, for the caller to remove.
 */
export function fallocateCall(file: string, sizeBytes: number): ToolCall {
  return {
    file: "fallocate",
    args: ["--length", String(sizeBytes), "--", file],
    debianPackage: "util-linux",
    failureOf: failureBy({}, [{ says: /File too large/, means: "diskFull" }]),
  };
}
