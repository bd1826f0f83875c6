import { join } from "node:path";
import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

const debianPackage = "postgresql";

/** Stops a server. pg_ctl(1): exit code 1 when it did not stop in time. The folder is the configuration's or the data's. */
export function pgCtlStopCall(binDir: string, folder: string, mode: "smart" | "fast", waitSeconds: number): ToolCall {
  return {
    file: join(binDir, "pg_ctl"),
    args: ["stop", "-D", folder, "-m", mode, "-w", "-t", String(waitSeconds)],
    debianPackage,
    failureOf: failureBy({ 1: "stopTimedOut" }, [
      { says: /PID file .* does not exist|Is server running/, means: "databaseUnreachable" },
    ]),
  };
}

/**
 * Starts a server and waits until it answers. The folder holds postgresql.conf, which names the data directory: pg_ctl asks the server
 * program for it.
 */
export function pgCtlStartCall(
  binDir: string,
  how: { folder: string; logFile: string; waitSeconds: number },
): ToolCall {
  return {
    file: join(binDir, "pg_ctl"),
    args: [
      "start",
      "-D",
      how.folder,
      "-w",
      "-t",
      String(how.waitSeconds),
      "-l",
      how.logFile === "" ? "/dev/null" : how.logFile,
    ],
    debianPackage,
    failureOf: failureBy({ 1: "startFailed" }, [{ says: /could not bind|Address already in use/, means: "portTaken" }]),
  };
}

/** Whether a server runs on a folder: exit code 0 yes, 3 no, 4 no such cluster (pg_ctl(1)). */
export function pgCtlStatusCall(binDir: string, folder: string): ToolCall {
  return { file: join(binDir, "pg_ctl"), args: ["status", "-D", folder], debianPackage, acceptExitCodes: [0, 3, 4] };
}
