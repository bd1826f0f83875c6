import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { DatabaseFailure } from "../databaseFailure.ts";
import type { Account } from "./account.ts";
import { serverAccount } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { findBinaries, whyNotRunnable } from "./binaries.ts";

/** Where a cluster lives and what runs it. `account` is undefined when PostgreSQL runs as the caller. */
export interface Place {
  readonly folder: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
}

/** The data folder inside a place. It is owned by the server's account; everything beside it by the caller. */
export function dataFolder(place: Pick<Place, "folder">): string {
  return path.join(place.folder, "cluster", "data");
}

/**
 * Decides where the cluster lives. Normally that is `directory` itself. Root with a project that PostgreSQL's account
 * can't reach (anything below /root, mode 0700) gets /var/lib/slackwater-<hash of directory> with a copy of the
 * programs, and a note in `directory` says so.
 *
 * @throws DatabaseFailure folderNotUsable or binariesBroken
 */
export function choosePlace(directory: string, log: (line: string) => void): Place {
  makeFolder(path.resolve(directory));
  // The real path: two instances that come by different links must mean the same folder.
  const wanted = realpathSync(directory);
  const binaries = findBinaries();

  const account = serverAccount(dataFolder({ folder: wanted }));
  const complaint = whyNotRunnable(binaries, account);
  if (complaint === undefined && (account === undefined || mayEnter(wanted, account))) {
    return { folder: wanted, binaries, account };
  }
  if (account === undefined) {
    throw new DatabaseFailure(
      "binariesBroken",
      `PostgreSQL does not run here: ${complaint}. Try "npm rebuild"; a noexec mount is another known cause.`,
    );
  }
  return moveToVarLib(wanted, binaries, log);
}

function moveToVarLib(wanted: string, packaged: Binaries, log: (line: string) => void): Place {
  const folder = `/var/lib/slackwater-${createHash("sha256").update(wanted).digest("hex").slice(0, 12)}`;
  makeFolder(folder);
  const binaries = copyPrograms(packaged, folder);
  const account = serverAccount(dataFolder({ folder }));
  const complaint = whyNotRunnable(binaries, account);
  if (complaint !== undefined) {
    throw new DatabaseFailure("binariesBroken", `PostgreSQL does not run from ${folder}: ${complaint}.`);
  }
  const note = `PostgreSQL's account can't reach this folder, so the database is in ${folder}.\nDelete that together with this project.\n`;
  writeFileSync(path.join(wanted, "MOVED.txt"), note);
  log(`the database is in ${folder}, because PostgreSQL's account can't reach ${wanted}`);
  return { folder, binaries, account };
}

/** Copies the programs once per version; a copy that was interrupted is never used, because only a whole one is renamed. */
function copyPrograms(packaged: Binaries, folder: string): Binaries {
  const name = `programs-${packaged.version}`;
  const target = path.join(folder, name);
  if (!existsSync(target)) {
    const unfinished = path.join(folder, `unfinished-${process.pid}`);
    rmSync(unfinished, { recursive: true, force: true });
    const umask = process.umask(0o022); // the copy is for another account to run
    try {
      cpSync(packaged.folder, unfinished, { recursive: true, verbatimSymlinks: true });
    } finally {
      process.umask(umask);
    }
    try {
      renameSync(unfinished, target);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(target)) throw error; // else another instance was quicker
    }
    for (const entry of readdirSync(folder)) {
      if (entry.startsWith("programs-") && entry !== name) rmSync(path.join(folder, entry), { recursive: true });
    }
  }
  return { folder: target, version: packaged.version };
}

function makeFolder(folder: string): void {
  try {
    // chmod, because a careful umask would shut out the account that PostgreSQL runs under
    if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
  } catch (cause) {
    const why = `${folder} can't be made: ${String(cause)}.`;
    throw new DatabaseFailure(
      "folderNotUsable",
      `${why} Set STATE_DIRECTORY to a folder that this account may write.`,
      {
        cause,
      },
    );
  }
}

/** May the account pass through every folder on the way? Decided by the mode bits; access lists are not looked at. */
function mayEnter(folder: string, account: Account): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    const { mode, uid, gid } = statSync(at);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}
