import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import pg from "pg";
import { z } from "zod";
import { formatBytes } from "../../../domain/format/bytes.ts";
import type { Environment } from "../../config.ts";
import { copyOut } from "../../db/copy/copyRows.ts";
import type { TableShape } from "../../db/copy/tables.ts";
import { LEFT_OUT, MIGRATIONS, tablesInOrder } from "../../db/copy/tables.ts";
import { projectFolder } from "../../projectFolder.ts";
import { openRecords } from "../openRecords.ts";
import type { CommandReport } from "../report.ts";
import type { AddEntry } from "./archive.ts";
import { writeArchive } from "./archive.ts";
import type { SealingKey } from "./backupKey.ts";
import type { Manifest, Sums } from "./manifest.ts";
import { BACKUP_FORMAT } from "./manifest.ts";
import { fileName, MANIFEST, pieceName, readBackup, SUMS } from "./readBackup.ts";
import { readStateFiles } from "./stateParts.ts";

/** Rows travel in pieces of so many bytes. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Writes everything that Slackwater knows to one encrypted file: all rows as of one moment, whatever is written meanwhile, and the keys of
 * the state folder. Beside its name first; it is read again whole before it gets it.
 */
export async function backup(words: {
  readonly file: string;
  readonly key: SealingKey;
  readonly state: string | undefined;
  readonly environment: Environment;
}): Promise<CommandReport> {
  const { key, state, environment } = words;
  const file = resolve(words.file);
  const unfinished = `${file}.unfinished-${process.pid}`;
  // Taken before the work of an hour, and given back where that fails: nothing is ever written over.
  await (await open(file, "wx", 0o600)).close();
  let isDone = false;
  try {
    const records = await openRecords({ environment, state, mayMake: false, purpose: "backup" });
    let opening: Awaited<ReturnType<typeof writeArchive>>;
    try {
      opening = await writeArchive(unfinished, key, (add) =>
        copyAll(records.store.ownerUrl, records.config.stateDirectory, add),
      );
    } finally {
      await records.close();
    }
    const { manifest, sums } = await readBackup(unfinished, opening);
    renameSync(unfinished, file);
    await syncFolder(dirname(file));
    isDone = true;
    return { exitCode: 0, lines: written(file, manifest, sums) };
  } finally {
    rmSync(unfinished, { force: true });
    if (!isDone) rmSync(file, { force: true });
  }
}

async function copyAll(url: string, stateDirectory: string, add: AddEntry): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: "slackwater backup", keepAlive: true });
  client.on("error", () => {}); // the query in flight reports it
  await client.connect();
  try {
    // One snapshot for all tables: a run that goes on meanwhile is in the backup as it was at this moment.
    await client.query("begin isolation level repeatable read read only");
    const files = readStateFiles(stateDirectory);
    const manifest = await describe(client, [...files.keys()]);
    await add(MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
    const sums: { tables: Sums["tables"]; files: Sums["files"] } = { tables: {}, files: {} };
    for (const table of manifest.tables) sums.tables[table.name] = await copyTable(client, table, add);
    for (const [name, bytes] of files) {
      await add(fileName(name), bytes);
      sums.files[name] = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
    }
    await add(SUMS, Buffer.from(`${JSON.stringify(sums, null, 2)}\n`));
    await client.query("commit");
  } finally {
    await client.end();
  }
}

async function copyTable(client: pg.Client, table: TableShape, add: AddEntry): Promise<Sums["tables"][string]> {
  const hash = createHash("sha256");
  let bytes = 0;
  let number = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const send = async (): Promise<void> => {
    number += 1;
    await add(pieceName(table.name, number), Buffer.concat(waiting));
    waiting = [];
    waitingBytes = 0;
  };
  const rows = copyOut(client, table);
  let next = await rows.next();
  for (; next.done !== true; next = await rows.next()) {
    hash.update(next.value);
    bytes += next.value.length;
    waiting.push(next.value);
    waitingBytes += next.value.length;
    if (waitingBytes >= PIECE_BYTES) await send();
  }
  // An empty table has a piece too: what is missing is never taken for what was empty.
  if (waitingBytes > 0 || number === 0) await send();
  return { rows: next.value, bytes, sha256: hash.digest("hex") };
}

async function describe(client: pg.Client, files: readonly string[]): Promise<Manifest> {
  const tables = await tablesInOrder(client);
  const { rows: migrations } = await client.query<{ name: string; checksum: string }>(
    `select migration_name as name, checksum from "${MIGRATIONS}"
     where rolled_back_at is null and finished_at is not null order by migration_name`,
  );
  const { rows } = await client.query<{ at: string; postgres: string; all: number; open: number }>(
    `select (extract(epoch from now()) * 1000)::bigint as at, current_setting('server_version') as postgres,
       (select count(*)::int from run) as all, (select count(*)::int from run where stage <> 'ended') as open`,
  );
  const [facts] = rows;
  if (facts === undefined) throw new TypeError("a database says what it is");
  return {
    slackwaterBackup: BACKUP_FORMAT,
    version: PackageFile.parse(JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8"))).version,
    takenAt: Number(facts.at),
    postgres: facts.postgres,
    migrations,
    tables: tables.filter(({ name }) => !LEFT_OUT.has(name)),
    leftOut: tables.map(({ name }) => name).filter((name) => LEFT_OUT.has(name)),
    files: [...files],
    runs: { all: facts.all, notEnded: facts.open },
  };
}

const PackageFile = z.object({ version: z.string() });

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function written(file: string, manifest: Manifest, sums: Sums): readonly string[] {
  const { runs, takenAt } = manifest;
  const rows = Object.values(sums.tables).reduce((sum, table) => sum + table.rows, 0);
  const bytes = Object.values(sums.tables).reduce((sum, table) => sum + table.bytes, 0);
  return [
    `${file}`,
    `as of ${new Date(takenAt).toISOString()}: ${runs.all} runs (${runs.notEnded} not ended), ${rows} rows, ${formatBytes(bytes)} before compression`,
    manifest.files.length === 0
      ? "WITHOUT THE SERVER'S KEYS: the state folder holds none. Say which one it is (STATE_DIRECTORY); without them every host has to enrol again."
      : `with ${manifest.files.join(", ")}`,
    "It was read again whole, and every sum fits. It is encrypted: keep the passphrase or the identity somewhere else.",
    ...(runs.notEnded === 0
      ? []
      : [
          "Runs that have not ended go on. Where this backup is restored they are held, because hosts know more than it.",
        ]),
  ];
}
