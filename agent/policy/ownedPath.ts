import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf } from "../process/durableFile.ts";

/** Somebody else who could change what a path leads to, told as the first place where he could. */
export interface Foreigner {
  readonly path: string;
  readonly why: string;
}

const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Looks at a path and every folder above it for one that another user could swap between our look at it and our use of it: owned
 * by somebody who is neither root nor among `trusted` (user numbers), or writable by others. A sticky folder such as /tmp is fine:
 * nobody can rename entries of ours in it. A trusted owner may share with his group. What does not exist yet is judged by the
 * nearest folder above it. Undefined: nobody can. `path` must be free of links (realPath.ts).
 */
export function whoElseMayChange(path: string, trusted: ReadonlySet<number>): Foreigner | undefined {
  for (let at = path; ; at = dirname(at)) {
    const found = foreignerAt(at, trusted);
    if (found !== undefined) return found;
    if (at === "/") return undefined;
  }
}

function foreignerAt(path: string, trusted: ReadonlySet<number>): Foreigner | undefined {
  const stat = statOf(path);
  if (stat === undefined) return undefined;
  if (stat.uid !== 0 && !trusted.has(stat.uid)) return { path, why: `is owned by user ${stat.uid}` };
  const isShared = (stat.mode & OTHERS_WRITE) !== 0 || ((stat.mode & GROUP_WRITE) !== 0 && !trusted.has(stat.uid));
  if (isShared && (stat.mode & STICKY) === 0) return { path, why: "can be written by other users" };
  return undefined;
}

function statOf(path: string) {
  try {
    return lstatSync(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined;
    throw error;
  }
}
