import { join } from "node:path";
import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** Reads a cluster's control file. The cluster's own version of the program must be used. */
export function pgControldataCall(binDir: string, dataDir: string): ToolCall {
  return {
    file: join(binDir, "pg_controldata"),
    args: ["-D", dataDir],
    debianPackage: "postgresql",
    failureOf: failureBy({}, [{ says: /could not (?:open|read)/, means: "deviceMissing" }]),
  };
}

/** What the control file says of a cluster. */
export interface ControlData {
  /** `shut down` is the only state in which the files are all there is. */
  readonly state: string;
  readonly systemIdentifier: string;
  /** Where the record of the last checkpoint begins in the write-ahead log; of a cluster that is shut down it is the last record of all. */
  readonly checkpointAt: string;
}

/** Reads pg_controldata's output; undefined when a field is not there or its checksum is wrong (then nothing in it can be trusted). */
export function parseControldata(output: string): ControlData | undefined {
  if (/WARNING: (?:Calculated CRC|invalid WAL segment)/i.test(output)) return undefined;
  const state = /^Database cluster state:\s+(.+?)\s*$/m.exec(output)?.[1];
  const systemIdentifier = /^Database system identifier:\s+(\d+)\s*$/m.exec(output)?.[1];
  const checkpointAt = /^Latest checkpoint location:\s+([0-9A-F]+\/[0-9A-F]+)\s*$/m.exec(output)?.[1];
  if (state === undefined || systemIdentifier === undefined || checkpointAt === undefined) return undefined;
  return { state, systemIdentifier, checkpointAt };
}

/** A clean stop: nothing has to be recovered. */
export function isCleanlyShutDown({ state }: ControlData): boolean {
  return state === "shut down" || state === "shut down in recovery";
}
