import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/**
 * What of the state folder belongs to a backup: the key that hosts pin, the secret that signs cookies, and the local authority. The
 * database lies beside them as files and is copied by rows; its passwords are its own.
 */
export const STATE_FILES = ["server-key.pem", "session-secret", "local-ca-key.pem", "local-ca.pem"] as const;
export type StateFile = (typeof STATE_FILES)[number];

/** Certificates are for everybody to read; what is not is a secret. */
const modeOf = (name: StateFile): number => (name === "local-ca.pem" ? 0o644 : 0o600);

/** The files that are there, by name. */
export function readStateFiles(directory: string): ReadonlyMap<StateFile, Buffer> {
  const there = STATE_FILES.filter((name) => existsSync(join(directory, name)));
  return new Map(there.map((name) => [name, readFileSync(join(directory, name))]));
}

/** Files that lie beside their places, and are put there when the database is. */
export interface FilesBeside {
  /** Puts them in their places. Answers the names under which different ones, that were there, are kept. */
  putInPlace(): readonly string[];
  /** Removes them again. */
  remove(): void;
}

/** Writes files of a backup beside their places, onto the disk. `stamp` names what is kept of earlier ones. */
export function writeBeside(directory: string, files: ReadonlyMap<StateFile, Buffer>, stamp: string): FilesBeside {
  mkdirSync(directory, { recursive: true });
  const beside = (name: StateFile) => join(directory, `${name}.restoring`);
  const remove = (): void => {
    for (const name of files.keys()) rmSync(beside(name), { force: true });
  };
  try {
    for (const [name, bytes] of files) {
      rmSync(beside(name), { force: true });
      const file = openSync(beside(name), "wx", modeOf(name));
      try {
        writeSync(file, bytes);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    }
  } catch (error) {
    remove();
    throw error;
  }
  return {
    remove,
    putInPlace() {
      const kept: string[] = [];
      for (const [name, bytes] of files) {
        const place = join(directory, name);
        if (existsSync(place) && !readFileSync(place).equals(bytes)) {
          kept.push(`${name}.${stamp}`);
          renameSync(place, join(directory, `${name}.${stamp}`));
        }
        renameSync(beside(name), place);
      }
      return kept;
    },
  };
}
