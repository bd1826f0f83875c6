import { spawn } from "node:child_process";
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseFailure } from "../databaseFailure.ts";
import { programPath } from "./binaries.ts";
import type { Place } from "./place.ts";
import { dataFolder } from "./place.ts";
import { commandLine, isRunning } from "./process.ts";
import { serverEnvironment } from "./serverEnvironment.ts";

/** A running server, as its own pid file describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Does it accept connections? It does not while it recovers or stops. */
  readonly ready: boolean;
}

const POLL_MS = 15;
/** Recovery after a power cut replays at most max_wal_size (1 GB); a slow disk may need most of this. */
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 60_000;
const LOG_LIMIT_BYTES = 5 * 2 ** 20;

/** Reads the pid file of a cluster; undefined when no server of ours runs on it. A stale file is put out of the way. */
export function findPostmaster(place: Place): Postmaster | undefined {
  const data = dataFolder(place);
  const file = path.join(data, "postmaster.pid");
  const text = readIfThere(file);
  const lines = text?.split("\n") ?? [];
  const pid = Number(lines[0]);
  if (text === undefined || !Number.isInteger(pid) || pid <= 0) return undefined;
  // A reused pid belongs to some other program, or to a postgres of another folder.
  if (isRunning(pid) && commandLine(pid).includes(data)) {
    return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" };
  }
  putAside(file, text);
  return undefined;
}

/**
 * PostgreSQL itself clears the file of a dead server, but not that of a zombie or of a reused pid. Between reading and
 * removing, another instance may have started one: so the file is renamed, read again, and put back when it is new.
 */
function putAside(file: string, staleText: string): void {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, "utf8") !== staleText) linkSync(aside, file);
  } catch {
    // Another instance was quicker with the same stale file, or its new server already has a new one.
  }
  rmSync(aside, { force: true });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Starts a server, or finds the one that another instance starts at the same moment: PostgreSQL's own lock decides.
 *
 * @param settings server settings by name, on top of the safe defaults
 * @param port the port to listen on; a random free one when undefined
 * @returns the ready server, and whether it was there already
 * @throws DatabaseFailure startFailed, with the end of the server's log
 */
export async function startPostmaster(
  place: Place,
  settings: Readonly<Record<string, string>>,
  port?: number,
): Promise<{ postmaster: Postmaster; adopted: boolean }> {
  const giveUpAt = performance.now() + START_LIMIT_MS;
  let complaint = "it did not become ready";
  while (performance.now() < giveUpAt) {
    const found = findPostmaster(place);
    if (found?.ready) return { postmaster: found, adopted: true };
    if (found) {
      await sleep(POLL_MS); // recovering, or stopping because its last user left
      continue;
    }
    const launched = launch(place, settings, port ?? (await freePort()));
    while (performance.now() < giveUpAt) {
      const now = findPostmaster(place);
      if (now?.ready) return { postmaster: now, adopted: now.pid !== launched.pid };
      const ended = launched.ended();
      if (ended !== undefined) {
        complaint = ended;
        break;
      }
      await sleep(POLL_MS);
    }
    // Lost the race for the lock, or the children of a killed server are still letting go of its memory: look again.
    if (!/lock file|shared memory block|being used by|address already in use/i.test(complaint)) break;
    if (port !== undefined && /address already in use/i.test(complaint)) break;
    await sleep(10 * POLL_MS);
  }
  throw new DatabaseFailure("startFailed", `PostgreSQL did not start: ${complaint}`);
}

/**
 * Ends a server: its sessions are cut, what is committed is on disk. Returns when the process is gone. A server that
 * does not manage that within a minute is told to drop everything; it recovers at its next start.
 */
export async function stopPostmaster(place: Place, pid: number): Promise<void> {
  const isOurs = () => commandLine(pid).includes(dataFolder(place));
  // A process on its way out has no command line any more, and is there still: whoever is told that it stopped may rely on it.
  const isLeaving = () => isRunning(pid) && commandLine(pid) === "";
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    if (!isRunning(pid) || !isOurs()) break;
    process.kill(pid, signal);
    const giveUpAt = performance.now() + STOP_LIMIT_MS;
    while (isRunning(pid) && (isOurs() || isLeaving()) && performance.now() < giveUpAt) await sleep(POLL_MS);
  }
}

function launch(place: Place, settings: Readonly<Record<string, string>>, port: number) {
  const data = dataFolder(place);
  const logFile = path.join(place.folder, "cluster", "server.log");
  // The log is a file and not a pipe: the server outlives a killed app, and must not write into a broken pipe then.
  const logSizeBytes = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(logFile, logSizeBytes > LOG_LIMIT_BYTES ? "w" : "a", 0o600);
  const startOfOurs = logSizeBytes > LOG_LIMIT_BYTES ? 0 : logSizeBytes;
  const words = ["-D", data, "-p", String(port)];
  for (const [name, value] of Object.entries({ ...SAFE_SETTINGS, ...settings })) words.push("-c", `${name}=${value}`);
  const child = spawn(programPath(place.binaries, "postgres"), words, {
    ...place.account,
    env: serverEnvironment(),
    cwd: data,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  let failure: string | undefined;
  child.once("error", (error) => {
    failure = error.message;
  });
  child.once("exit", (code, signal) => {
    failure = `${signal ?? `exit ${code}`}: ${endOfLog(logFile, startOfOurs)}`;
  });
  return { pid: child.pid, ended: () => failure };
}

function endOfLog(file: string, fromByte: number): string {
  try {
    return readFileSync(file).subarray(fromByte).toString("utf8").trim().slice(-2000);
  } catch (error) {
    return `its log can't be read (${String(error)})`;
  }
}

const SAFE_SETTINGS: Readonly<Record<string, string>> = {
  // Loopback only, and no unix socket: its folder would have to be reachable for everyone.
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  max_connections: "100",
  shared_buffers: "64MB",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
};

/** A port of 127.0.0.1 that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === "object") resolve(address.port);
        else reject(new Error("the system gave no port"));
      });
    });
  });
}
