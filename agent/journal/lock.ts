import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Failure } from "../../domain/failure.ts";
import { errnoOf } from "../process/durableFile.ts";
import { isAlive, ownIdentity } from "../process/processTable.ts";
import { ProcessIdentity } from "../process/spoolFiles.ts";

function holderOf(path: string): ProcessIdentity | undefined {
  try {
    return ProcessIdentity.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/**
 * Takes a lock that is held for as long as this process lives, and returns how to give it back. A lock of a process that is gone, of
 * an earlier boot too, is taken over. Throws `alreadyRunning` while the other one lives.
 */
export function takeLock(path: string, what: string): () => void {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(ownIdentity()), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        linkSync(own, path);
        return () => rmSync(path, { force: true });
      } catch (error) {
        if (errnoOf(error) !== "EEXIST") throw error;
      }
      const holder = holderOf(path);
      if (holder && isAlive(holder)) {
        throw new Failure("alreadyRunning", `Process ${holder.pid} already uses ${what}.`);
      }
      // Moved away and not removed: of two that take over at once, only one finds something to move.
      try {
        renameSync(path, `${own}.stale`);
      } catch (error) {
        if (errnoOf(error) !== "ENOENT") throw error;
      }
      rmSync(`${own}.stale`, { force: true });
    }
    throw new Failure("alreadyRunning", `${what} is being taken over by another process.`);
  } finally {
    rmSync(own, { force: true });
  }
}
