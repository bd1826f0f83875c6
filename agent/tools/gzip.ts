import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** Compresses standard input. */
export function gzipCall(): ToolCall {
  return { file: "gzip", args: ["--stdout"], debianPackage: "gzip" };
}

/** Unpacks standard input to its end; damage anywhere is an error (gzip keeps a checksum of the whole). */
export function gunzipCall(): ToolCall {
  return {
    file: "gzip",
    args: ["--decompress", "--stdout"],
    debianPackage: "gzip",
    failureOf: failureBy({ 1: "backupUnreadable", 2: "backupUnreadable" }),
  };
}
