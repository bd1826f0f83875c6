import { access, open } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { ControlData } from "../../tools/pgControldata.ts";
import { parseControldata, pgControldataCall } from "../../tools/pgControldata.ts";

/** States as numbers in the control file: `DBState` in PostgreSQL's src/include/catalog/pg_control.h, unchanged since 9.2. */
const STATES = [
  "starting up",
  "shut down",
  "shut down in recovery",
  "shutting down",
  "in crash recovery",
  "in archive recovery",
  "in production",
] as const;

/**
 * What the control file of a data directory says. By pg_controldata of the cluster's own version where it is there (it checks the
 * file's checksum); else (a container's programs can't be run while it is stopped) by its first fields, which every version
 * has in the same place: system identifier, versions, state, time, last checkpoint. Throws `clusterDamaged` or `deviceMissing`.
 */
export async function readControl(dataDir: string, binDir: string, context: ActionContext): Promise<ControlData> {
  if (binDir !== "" && (await isThere(join(binDir, "pg_controldata")))) {
    const { stdout } = await context.program({ ...pgControldataCall(binDir, dataDir), stdout: { to: "callbacks" } });
    const data = parseControldata(stdout.toString());
    if (data) return data;
    throw new Failure("clusterDamaged", `pg_controldata does not trust ${dataDir}/global/pg_control.`, {
      detail: stdout.toString(),
    });
  }
  return readHeader(dataDir);
}

async function readHeader(dataDir: string): Promise<ControlData> {
  const path = join(dataDir, "global/pg_control");
  const header = Buffer.alloc(40);
  const file = await open(path, "r").catch((error: unknown) => {
    throw new Failure("deviceMissing", `${dataDir} is no data directory: ${path} can't be read.`, { cause: error });
  });
  try {
    const { bytesRead } = await file.read(header, 0, 40, 0);
    const state = STATES[header.readUInt32LE(16)];
    if (bytesRead < 40 || state === undefined) throw new Failure("clusterDamaged", `${path} is not a control file.`);
    return {
      systemIdentifier: header.readBigUInt64LE(0).toString(),
      state,
      checkpointAt: `${hexadecimal(header.readUInt32LE(36))}/${hexadecimal(header.readUInt32LE(32))}`,
    };
  } finally {
    await file.close();
  }
}

const hexadecimal = (number: number) => number.toString(16).toUpperCase();

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
