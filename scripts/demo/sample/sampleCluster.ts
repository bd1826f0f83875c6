import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { makeFolders, writeOwned } from "./clusterFiles.ts";
import { runAsOwner, startCluster, stopCluster, withSuperuser } from "./clusterProcess.ts";
import type { PostgresSource } from "./postgresBinaries.ts";
import { findPostgres, isOpenToAll } from "./postgresBinaries.ts";
import { findSampleOwner } from "./sampleOwner.ts";
import type { SampleRows } from "./sampleRows.ts";
import { giveToken, makeRows, rowsFor } from "./sampleRows.ts";
import type { SampleCluster } from "./sampleState.ts";
import { SampleState, samplePaths } from "./sampleState.ts";

export interface SampleWish {
  /** Everything of the sample lies in it; the data directory is its pgdata. */
  readonly folder: string;
  readonly port: number;
  /** Of the database, about. */
  readonly sizeBytes: number;
  /** May an account 999:999 be made on this host for it? */
  readonly mayMakeAccount: boolean;
  /**
   * Folder of a sample that was made before and is stopped: its data and passwords are copied, which takes a tenth of the
   * time in a guest (who sees the host's folders at their own paths). Its size and rows are then this one's.
   */
  readonly copyFrom?: string;
  /** Whose PostgreSQL; Debian's when there, else the embedded one, when not given. */
  readonly postgres?: PostgresSource;
  readonly log: (line: string) => void;
}

export interface MadeCluster {
  readonly cluster: SampleCluster;
  readonly rows: SampleRows;
}

const execute = promisify(execFile);
const WRITER_ID = 1;
const TEST_USER_ID = 2;
/**
 * While it is filled nothing has to outlive anything; all is written out at the end. It is reached by its socket only: the port may be
 * another server's on the machine where it is made.
 */
const FILLING =
  "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off -c max_wal_size=4GB";
/** Says that the cluster is whole and how many rows and which port it was made with; a cluster without it is made anew. */
const MADE_FILE = "sample-made.json";

async function fill(cluster: SampleCluster, folder: string, rows: SampleRows): Promise<void> {
  const paths = samplePaths(folder);
  const [password, superuserPassword, writerToken, testToken] = Array.from({ length: 4 }, () =>
    randomBytes(24).toString("base64url"),
  );
  const digest = (token = "") => createHash("sha256").update(token).digest();
  await withSuperuser(cluster, "postgres", async (client) => {
    await client.query(`create role supersync login password '${password}'`);
    await client.query(`alter role postgres password '${superuserPassword}'`);
    await client.query("grant pg_monitor to supersync");
    await client.query("create database supersync owner supersync");
  });
  await withSuperuser(cluster, "supersync", async (client) => {
    await client.query("set role supersync");
    await makeRows(client, rows);
    await giveToken(client, WRITER_ID, digest(writerToken));
    await giveToken(client, TEST_USER_ID, digest(testToken));
    await client.query("reset role");
    // What autovacuum would do in the first minutes, and so write while nobody is to write.
    await client.query("vacuum (freeze, analyze)");
  });
  await writeOwned(cluster, paths.passwordPath, `${password}\n`, 0o600);
  await writeOwned(cluster, paths.superuserPasswordPath, `${superuserPassword}\n`, 0o600);
  await writeOwned(cluster, paths.writerTokenPath, `${writerToken}\n`, 0o600);
  await writeOwned(cluster, paths.testTokenPath, `${testToken}\n`, 0o600);
}

const Made = z.object({ port: z.int(), rows: SampleState.shape.rows });

async function readMade(path: string): Promise<z.infer<typeof Made> | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : Made.parse(JSON.parse(text));
}

/**
 * Makes the sample cluster, filled and stopped, or finds the one that was made there before (with its port). Data that were begun and not
 * finished are removed first. Throws when the folder lies where only root can enter.
 */
export async function makeSampleCluster(wish: SampleWish): Promise<MadeCluster> {
  const paths = samplePaths(wish.folder);
  await mkdir(wish.folder, { recursive: true, mode: 0o755 });
  if (process.getuid?.() === 0 && !(await isOpenToAll(wish.folder))) {
    throw new Error(
      `Only root can enter ${wish.folder}. The server has an account of its own: choose a folder as /var/lib/x.`,
    );
  }
  const madePath = join(wish.folder, MADE_FILE);
  const made = await readMade(madePath);
  const binaries = await findPostgres(join(wish.folder, "postgresql"), wish.postgres);
  const cluster: SampleCluster = {
    dataDirectory: paths.dataDirectory,
    configFile: join(paths.configFolder, "postgresql.conf"),
    socketDirectory: paths.socketDirectory,
    logPath: join(paths.logFolder, "postgresql.log"),
    binDirectory: binaries.binDirectory,
    version: binaries.version,
    port: made?.port ?? wish.port,
    database: "supersync",
    user: "supersync",
    passwordPath: paths.passwordPath,
    superuser: "postgres",
    superuserPasswordPath: paths.superuserPasswordPath,
    owner: await findSampleOwner(wish.mayMakeAccount),
    limits: [...binaries.limits],
  };
  if (made) return { cluster, rows: made.rows };
  const rows =
    wish.copyFrom === undefined ? await makeAnew(wish, cluster) : await copyMade(wish, cluster, wish.copyFrom);
  await execute("sync", ["-f", wish.folder]); // else a power cut could leave the next line true and the data not
  await writeFile(madePath, `${JSON.stringify({ port: wish.port, rows })}\n`, { flush: true });
  return { cluster, rows };
}

/** Copies a made sample and gives it to this sample's owner, with a configuration of its own. */
async function copyMade(wish: SampleWish, cluster: SampleCluster, from: string): Promise<SampleRows> {
  const made = await readMade(join(from, MADE_FILE));
  if (!made) throw new Error(`There is no finished sample in ${from}.`);
  const [source, target] = [samplePaths(from), samplePaths(wish.folder)];
  wish.log(`Copying the sample in ${from} to ${wish.folder}`);
  for (const folder of ["dataDirectory", "secretsFolder"] as const) {
    await rm(target[folder], { recursive: true, force: true });
    await execute("cp", ["-a", "--", source[folder], target[folder]]);
    await execute("chown", ["-R", `${cluster.owner.uid}:${cluster.owner.gid}`, "--", target[folder]]);
  }
  await makeFolders(cluster, wish.folder);
  return made.rows;
}

async function makeAnew(wish: SampleWish, cluster: SampleCluster): Promise<SampleRows> {
  const paths = samplePaths(wish.folder);
  const rows = rowsFor(wish.sizeBytes);
  wish.log(`Making a PostgreSQL ${cluster.version} cluster with ${rows.operations} operations in ${wish.folder}`);
  await rm(paths.dataDirectory, { recursive: true, force: true });
  await makeFolders(cluster, wish.folder);
  const initdb = ["-D", paths.dataDirectory, "-U", "postgres", "--encoding=UTF8", "--locale=C"];
  await runAsOwner(cluster, "initdb", [...initdb, "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"]);
  await startCluster(cluster, FILLING);
  try {
    await fill(cluster, wish.folder, rows);
  } finally {
    await stopCluster(cluster);
  }
  return rows;
}
