import { generateKeyPairSync } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../domain/failure.ts";
import type { RunId } from "../../domain/ids.ts";
import { whoElseMayChange } from "../policy/ownedPath.ts";
import { errnoOf, writeFully } from "../process/durableFile.ts";
import { importRunKey } from "../secrets/importRunKey.ts";

/** Kinds of file system (statfs) that live in memory and are gone when the host is switched off. */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994 /* tmpfs */, 0x858458f6 /* ramfs */]);

/** Where keys would be kept, as agent.yaml says, and whose they are. */
export interface RunKeyOptions {
  readonly directory: string;
  readonly allowDisk: boolean;
  readonly ourUid: number;
}

/** Where run keys are kept: one file a run, 0600, in memory only. */
export interface RunKeys {
  /** The age recipient of a run's key; the key is made when there is none. */
  make(runId: RunId): Promise<string>;
  /** The private key (PKCS #8), or undefined when there is none: never made, ended, or the host was started anew. The caller wipes it. */
  read(runId: RunId): Buffer | undefined;
  /** Deletes the run's key. What was sealed to it can't be opened by anyone again. */
  end(runId: RunId): void;
}

/**
 * Opens the directory of run keys. It must be in memory (`notPermitted` otherwise, unless agent.yaml allows a disk) and private:
 * a passphrase that was sealed to a key on a disk could be opened by whoever finds the disk.
 */
export function openRunKeys(options: RunKeyOptions): RunKeys {
  const { directory } = options;
  let isReady = false;

  function ready(): void {
    if (isReady) return;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const unfit = whyUnfitForKeys(options);
    if (unfit !== undefined) throw new Failure("notPermitted", `No key can be kept for secrets: ${unfit}.`);
    isReady = true;
  }

  const fileOf = (runId: RunId) => join(directory, `${runId}.key`);

  function read(runId: RunId): Buffer | undefined {
    try {
      return readFileSync(fileOf(runId));
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  return {
    read,
    async make(runId) {
      ready();
      // Loaded here: an agent at rest has no key to make, and age is a library of two megabytes.
      const { identityToRecipient } = await import("age-encryption");
      const key = read(runId) ?? create(fileOf(runId));
      try {
        return await identityToRecipient(await importRunKey(key, { isExtractable: true }));
      } finally {
        key.fill(0);
      }
    },
    end: (runId) => rmSync(fileOf(runId), { force: true }),
  };
}

/** What keeps a directory from holding run keys; undefined: nothing. One that is not there yet is judged by the folder that it will lie in. */
export function whyUnfitForKeys(options: RunKeyOptions): string | undefined {
  const { directory } = options;
  const foreigner = whoElseMayChange(directory, new Set([options.ourUid]));
  if (foreigner !== undefined) return `${foreigner.path} ${foreigner.why}`;
  if (existsSync(directory) && (statSync(directory).mode & 0o077) !== 0) {
    return `${directory} can be entered by other users`;
  }
  if (!options.allowDisk && !isInMemory(directory)) {
    return `${directory} is not in memory (tmpfs); name one that is under runKeys.directory in agent.yaml`;
  }
  return undefined;
}

/** Whether what lies at a path, or would lie there, is in memory and gone when the host is switched off. */
export function isInMemory(path: string): boolean {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  return IN_MEMORY.has(statfsSync(there).type);
}

/** `wx`: a file that somebody else put there in between is refused and not followed. */
function create(path: string): Buffer {
  const { privateKey } = generateKeyPairSync("x25519");
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  const fd = openSync(path, "wx", 0o600);
  try {
    writeFully(fd, pkcs8);
  } finally {
    closeSync(fd);
  }
  return pkcs8;
}
