import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { errnoOf, replaceFile } from "../process/durableFile.ts";
import { statePaths } from "../stateDirectory.ts";

/**
 * Which machine this is: the system's own id, or, where the system has none (a small container), one made once and kept with the
 * key. It is signed in every hello, so that a copy of the state directory on another machine shows.
 */
export function machineId(stateDir: string, systemFile = "/etc/machine-id"): string {
  const kept = statePaths(stateDir).machineId;
  const known = read(systemFile) ?? read(kept);
  if (known !== undefined) return known;
  const made = randomBytes(16).toString("hex");
  replaceFile(kept, `${made}\n`, { durable: true });
  return made;
}

function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
