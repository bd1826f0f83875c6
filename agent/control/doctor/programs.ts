import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure } from "../../../domain/failure.ts";
import { findProgram, MINIMAL_ENVIRONMENT } from "../../process/programSpawn.ts";

/** Where Debian puts the programs of each PostgreSQL version; no PATH has them, an action is told their folder. */
const POSTGRES_VERSIONS = "/usr/lib/postgresql";

/**
 * Says whether a program is on this host, where tasks would find it: on the PATH that a task gets (not on that of whoever asks), or,
 * of PostgreSQL's own, in the folder of any version.
 */
export function programsHere(): (tool: string) => boolean {
  const path = [MINIMAL_ENVIRONMENT.PATH, ...postgresFolders()].join(delimiter);
  return (tool) => {
    try {
      findProgram({ file: tool }, path);
      return true;
    } catch (error) {
      if (error instanceof Failure) return false;
      throw error;
    }
  };
}

function postgresFolders(): readonly string[] {
  try {
    return readdirSync(POSTGRES_VERSIONS).map((version) => join(POSTGRES_VERSIONS, version, "bin"));
  } catch {
    return [];
  }
}
