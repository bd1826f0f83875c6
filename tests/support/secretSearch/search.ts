import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type pg from "pg";
import { z } from "zod";
import { findProcess } from "../../../agent/process/processTable.ts";
import { mustRun } from "../../../scripts/demo/agentOnHost.ts";
import type { SampleHost } from "../../../scripts/demo/sampleHost.ts";
import { projectRoot } from "../../../scripts/projectFiles.ts";
import { Found } from "./found.ts";
import type { Secrets } from "./needles.ts";
import { foundIn, maskSecrets, needlesOf } from "./needles.ts";

const PROGRAM = "tests/support/programs/searchSecrets.ts";
/** A guest reads its memory and its disks in about a minute. */
const WITHIN_MS = 600_000;

const FoundThere = z.array(Found);

/**
 * Searches a host: every file that it has written, arguments, environment and memory of every process. A host that is this machine is
 * searched where it may write, and in the processes of its own. What the disk of a guest still holds of files that are gone is found by
 * `searchHere`, in its image.
 */
export async function searchHost(host: SampleHost, secrets: Secrets): Promise<readonly Found[]> {
  if (host.kind !== "guest") {
    return searchHere(secrets, [host.folder, "/run", "/dev/shm"], processesNaming(host.folder));
  }
  const program = `${host.see(process.execPath)} ${host.see(projectRoot)}/${PROGRAM}`;
  const { exitCode, output } = await host.exec(`sync; ${program} ${maskSecrets(secrets)} written all`, WITHIN_MS);
  if (exitCode !== 0) throw new Error(`the search on the host ended with ${exitCode}: ${output.slice(-2000)}`);
  return FoundThere.parse(JSON.parse(output));
}

/** Searches folders and processes of this machine. */
export async function searchHere(
  secrets: Secrets,
  folders: readonly string[],
  pids: readonly number[],
): Promise<readonly Found[]> {
  const words = [join(projectRoot, PROGRAM), maskSecrets(secrets), folders.join(","), pids.join(",")];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 24 });
  return FoundThere.parse(JSON.parse(stdout));
}

/** Searches every row of every table of a database, as text. */
export async function searchRows(db: pg.Pool, secrets: Secrets): Promise<readonly Found[]> {
  const needles = needlesOf(secrets);
  const tables = await db.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const found: Found[] = [];
  for (const { name: table } of tables.rows) {
    const { rows } = await db.query<{ row: string }>(`select t::text as row from ${table} t`);
    const text = Buffer.from(rows.map(({ row }) => row).join("\n"));
    for (const name of foundIn(text, needles)) found.push({ name, place: "row", where: table });
  }
  return found;
}

/** The processes of this machine whose arguments or environment name something, and all that they started. */
export function processesNaming(what: string): readonly number[] {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const wanted = new Set(pids.filter((pid) => startedWith(pid).includes(what)));
  const parents = new Map(pids.map((pid) => [pid, findProcess(pid)?.parentPid]));
  const isOneOf = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (wanted.has(pid) || isOneOf(parents.get(pid)));
  return pids.filter((pid) => pid !== process.pid && isOneOf(pid));
}

/** Arguments and environment as they were at the start; empty for one that is gone. */
function startedWith(pid: number): string {
  try {
    return ["cmdline", "environ"].map((file) => readFileSync(`/proc/${pid}/${file}`, "latin1")).join("\0");
  } catch {
    return "";
  }
}

/** Puts a text where a program that is careless would leave it on a host: a file, the arguments, environment and memory of a process. Answers how it is taken away again. */
export async function leaveLyingAbout(host: SampleHost, text: string): Promise<() => Promise<void>> {
  const file = `${host.folder}/left-lying-about`;
  await host.writeText(file, text, 0o600);
  const pid = await host.launch(`LEFT='${text}' LEFT_ON='${host.folder}' exec -a '${text}' sleep 900`, "/dev/null");
  return async () => {
    await mustRun(host, `kill ${pid}; rm -f '${file}'`);
  };
}
