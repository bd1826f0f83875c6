import { randomBytes } from "node:crypto";
import { closeSync, fchownSync, openSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../domain/failure.ts";

/**
 * A secret as a descriptor that a program can open by name (`/dev/fd/N`), as cryptsetup does with key files. Node's own pipes are
 * sockets, which can't be opened so, and a FIFO would have no end for a program that reads until there is one. So it is a file in
 * memory (tmpfs) that has lost its name before the secret is written into it: nobody can find it, and it goes with its last
 * descriptor. Where swap is on, tmpfs can be swapped out: docs/agent-spool.md says so and asks for encrypted swap.
 */
const MEMORY_DIRECTORIES = ["/dev/shm", "/run"] as const;
const TMPFS_MAGIC = 0x01021994;
const RAMFS_MAGIC = 0x858458f6;

function isInMemory(path: string): boolean {
  try {
    const { type } = statfsSync(path);
    return type === TMPFS_MAGIC || type === RAMFS_MAGIC;
  } catch {
    return false;
  }
}

/** An open nameless file that holds the secret, to be handed to a program. Overwritten and closed by `wipe`. */
export interface SecretFile {
  readonly fd: number;
  wipe(): void;
}

/** The folder in memory that secrets are handed over in; undefined where this host has none. */
export function secretDirectory(): string | undefined {
  return MEMORY_DIRECTORIES.find(isInMemory);
}

/** `reader` is who will open it, when that is not this process's user. Throws `notPermitted` where the host has no file system in memory: a secret is never written to a disk. */
export function openSecretFile(secret: Buffer, reader?: { uid: number; gid: number }): SecretFile {
  const directory = secretDirectory();
  if (directory === undefined) {
    throw new Failure(
      "notPermitted",
      `Neither ${MEMORY_DIRECTORIES.join(" nor ")} is a file system in memory (tmpfs).`,
    );
  }
  const path = join(directory, `slackwater-${randomBytes(12).toString("hex")}`);
  const fd = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  if (reader) fchownSync(fd, reader.uid, reader.gid);
  // At a fixed position: the offset stays 0 for a program that reads the descriptor itself.
  writeSync(fd, secret, 0, secret.length, 0);
  return {
    fd,
    wipe() {
      writeSync(fd, Buffer.alloc(secret.length), 0, secret.length, 0);
      closeSync(fd);
    },
  };
}
