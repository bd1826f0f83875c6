import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Failure } from "../../domain/failure.ts";
import { errnoOf } from "../process/durableFile.ts";
import { isAlive, ownIdentity } from "../process/processTable.ts";
import { ProcessIdentity } from "../process/spoolFiles.ts";

/** Who wrote a lock, which may be gone since; undefined where there is none. */
export function holderOf(path: string): ProcessIdentity | undefined {
  try {
    return ProcessIdentity.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/**
 * Moves a lock away that was seen to be stale. Another process may have seen the same and put its own there meanwhile: one that is
 * alive is put back.
 */
function moveAway(path: string, aside: string): void {
  try {
    renameSync(path, aside);
    const moved = holderOf(aside);
    if (moved && isAlive(moved)) linkSync(aside, path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "EEXIST") throw error;
  }
  rmSync(aside, { force: true });
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
      moveAway(path, `${own}.stale`);
    }
    throw new Failure("alreadyRunning", `${what} is being taken over by another process.`);
  } finally {
    rmSync(own, { force: true });
  }
}
