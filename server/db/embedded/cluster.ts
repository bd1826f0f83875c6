import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { z } from "zod";
import { DatabaseFailure } from "../databaseFailure.ts";
import { programPath } from "./binaries.ts";
import type { Place } from "./place.ts";
import { dataFolder } from "./place.ts";
import { isRunning } from "./process.ts";
import { serverEnvironment } from "./serverEnvironment.ts";

/** Passwords of the three roles of an embedded cluster: `admin` makes roles and databases, and is used for nothing else. */
export const Secrets = z.object({ admin: z.string().min(1), owner: z.string().min(1), app: z.string().min(1) });
export type Secrets = z.infer<typeof Secrets>;

/** The cluster's own superuser, as initdb makes it. */
export const ADMIN_ROLE = "slackwater_admin";
const UNFINISHED = /^cluster-unfinished-(\d+)$/;

/**
 * Makes the cluster if there is none, and returns its passwords. A cluster appears whole or not at all: it is made
 * under another name and renamed, so that a kill in the middle of the first start, or two first starts at once, leave
 * nothing half-made behind.
 *
 * @throws DatabaseFailure clusterIncomplete, clusterOtherVersion, startFailed
 */
export function ensureCluster(place: Place, log: (line: string) => void): Secrets {
  const cluster = path.join(place.folder, "cluster");
  sweepUnfinished(place.folder);
  if (!existsSync(cluster)) makeCluster(place, cluster, log);
  checkVersion(place);
  try {
    return Secrets.parse(JSON.parse(readFileSync(path.join(cluster, "secrets.json"), "utf8")));
  } catch (cause) {
    throw new DatabaseFailure(
      "clusterIncomplete",
      `The passwords of the database in ${cluster} can't be read (${String(cause)}). Start as the user who made it, or put secrets.json back from a backup.`,
      { cause },
    );
  }
}

function makeCluster(place: Place, cluster: string, log: (line: string) => void): void {
  const unfinished = path.join(place.folder, `cluster-unfinished-${process.pid}`);
  const data = path.join(unfinished, "data");
  const passwordFile = path.join(unfinished, "password");
  const secrets: Secrets = { admin: password(), owner: password(), app: password() };
  mkdirSync(unfinished);
  // The folder itself must let the server's account through; what is secret in it has a mode of its own.
  chmodSync(unfinished, 0o755);
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(path.join(unfinished, "secrets.json"), JSON.stringify(secrets), { mode: 0o600 });
  writeFileSync(passwordFile, `${secrets.admin}\n`, { mode: 0o600 });
  if (place.account) {
    chownSync(data, place.account.uid, place.account.gid);
    chownSync(passwordFile, place.account.uid, place.account.gid);
  }
  log("making a new database cluster");
  const made = spawnSync(
    programPath(place.binaries, "initdb"),
    [
      `--pgdata=${data}`,
      `--username=${ADMIN_ROLE}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--no-instructions",
    ],
    { ...place.account, env: serverEnvironment(), cwd: data, encoding: "utf8" },
  );
  if (made.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new DatabaseFailure("startFailed", `initdb failed: ${made.error?.message ?? made.stderr.trim()}`);
  }
  rmSync(passwordFile);
  try {
    renameSync(unfinished, cluster);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(cluster)) throw error; // else another instance was quicker, and its cluster is the one
  }
}

function checkVersion(place: Place): void {
  const file = path.join(dataFolder(place), "PG_VERSION");
  let found: string;
  try {
    found = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new DatabaseFailure(
      "clusterIncomplete",
      `${file} can't be read (${String(cause)}). Start as the account that made this database, or restore a backup into a new folder.`,
      { cause },
    );
  }
  const ours = place.binaries.version.split(".")[0];
  if (found !== ours) {
    throw new DatabaseFailure(
      "clusterOtherVersion",
      `The data in ${place.folder} was written by PostgreSQL ${found}, this version of Slackwater brings ${ours}. Restore a backup into a new folder, or run the Slackwater version that wrote it.`,
    );
  }
}

/**
 * Removes what a first start that was killed left behind; one that is still working is left alone. What bears our own number is not
 * ours: making a cluster is one call, and in a container every start has the same number.
 */
function sweepUnfinished(folder: string): void {
  for (const entry of readdirSync(folder)) {
    const pid = Number(UNFINISHED.exec(entry)?.[1]);
    if (pid === process.pid || (pid > 0 && !isRunning(pid)))
      rmSync(path.join(folder, entry), { recursive: true, force: true });
  }
}

function password(): string {
  return randomBytes(24).toString("base64url");
}
