import type { ToolCall } from "../../tools/toolCall.ts";

/** A file as the first program of a pipeline. */
export function inputOf(path: string): ToolCall {
  return { file: "cat", args: ["--", path], debianPackage: "coreutils" };
}
