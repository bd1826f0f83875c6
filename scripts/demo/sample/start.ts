import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startCluster, stopCluster } from "./clusterProcess.ts";
import { PostgresSource } from "./postgresBinaries.ts";
import { makeSampleCluster } from "./sampleCluster.ts";
import { startContainer, stopContainer } from "./sampleContainer.ts";
import type { Program } from "./sampleProgram.ts";
import { end, startProgram, waitUntilHealthy } from "./sampleProgram.ts";
import { parseSize } from "./sampleSize.ts";
import type { SampleCluster } from "./sampleState.ts";
import { samplePaths, writeSampleState } from "./sampleState.ts";

/*
 * Starts the sample on this host: its PostgreSQL cluster, the SuperSync service and a client that writes all the time.
 *   node start.ts --folder /var/lib/sample [--size 300M] [--port 5432] [--service-port 1900] [--copy-from <folder>]
 *                 [--may-make-account] [--postgres debian|embedded] [--no-client] [--write-every <ms>] [--writes <file>]
 *                 [--image <name> [--volume <name>] | --cluster-down] [--do-not-wait]
 * With --image the cluster runs in a Docker container called postgres, on its data directory or on a named volume.
 * For a host that is started anew in the middle of a migration: --cluster-down leaves the cluster as it is, since the migration starts it;
 * --do-not-wait takes a service that is not well, which one that was closed is not.
 * When all of it answers, state.json in the folder says where everything is, and one line of JSON is printed. TERM or INT
 * ends all of it. What was there before is kept: a second start on a folder goes on with its data.
 */

const CLIENT_ID = "writing-client";

const { values } = parseArgs({
  options: {
    folder: { type: "string" },
    size: { type: "string", default: "300M" },
    port: { type: "string", default: "0" },
    "service-port": { type: "string", default: "0" },
    "copy-from": { type: "string" },
    "may-make-account": { type: "boolean", default: false },
    postgres: { type: "string" },
    writes: { type: "string", default: "" },
    "write-every": { type: "string", default: "100" },
    image: { type: "string" },
    volume: { type: "string" },
    "no-client": { type: "boolean", default: false },
    "cluster-down": { type: "boolean", default: false },
    "do-not-wait": { type: "boolean", default: false },
  },
});
if (values.folder === undefined) throw new Error("--folder is missing");
const folder = values.folder;
const paths = samplePaths(folder);
const log = (line: string): void => console.error(`sample: ${line}`);

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, "127.0.0.1", listening));
  const address = probe.address();
  await new Promise<void>((closed) => probe.close(() => closed()));
  if (typeof address !== "object" || address === null) throw new Error("no free port");
  return address.port;
}

async function portFrom(text: string): Promise<number> {
  return text === "0" ? freePort() : Number(text);
}

const programs: Program[] = [];
let cluster: SampleCluster | undefined;
let isEnding = false;

/** While the data are being made the server is only a means; what it has made is not used, so it need not be saved. */
function killMakingServer(): void {
  try {
    process.kill(Number.parseInt(readFileSync(join(paths.dataDirectory, "postmaster.pid"), "utf8"), 10), "SIGQUIT");
  } catch {
    // it does not run
  }
}

async function endAll(exitCode: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  for (const program of [...programs].reverse()) await end(program);
  // A migration may have stopped or moved it: its configuration, or Docker, knows where it is now.
  const stop = cluster?.container ? stopContainer : stopCluster;
  if (cluster) await stop(cluster).catch((error: unknown) => log(`PostgreSQL was not stopped: ${String(error)}`));
  else killMakingServer();
  await rm(paths.statePath, { force: true });
  process.exit(exitCode);
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void endAll(0));

/** From now on the program's end ends the whole sample. */
function keep(name: string, program: Program): Program {
  programs.push(program);
  program.child.once("exit", () => {
    if (!isEnding) log(`${name} ended by itself; see ${program.logPath}`);
    void endAll(1);
  });
  return program;
}

try {
  const made = await makeSampleCluster({
    folder,
    port: await portFrom(values.port),
    sizeBytes: parseSize(values.size),
    mayMakeAccount: values["may-make-account"],
    ...(values["copy-from"] === undefined ? {} : { copyFrom: values["copy-from"] }),
    ...(values.postgres === undefined ? {} : { postgres: PostgresSource.parse(values.postgres) }),
    log,
  });
  for (const limit of made.cluster.limits) log(`NOTE ${limit}`);
  cluster = made.cluster;
  if (values["cluster-down"]) log("The cluster is left as it is.");
  else if (values.image === undefined) await startCluster(cluster);
  else cluster = await startContainer(cluster, values.image, values.volume);
  const port = await portFrom(values["service-port"]);
  const url = `http://127.0.0.1:${port}`;
  const { passwordPath, maintenancePath, testTokenPath } = paths;
  const serviceSettings = { port, databasePort: cluster.port, passwordPath, maintenancePath, testTokenPath };
  const service = keep("The service", startProgram(folder, "sampleService", serviceSettings));
  if (!values["do-not-wait"]) await waitUntilHealthy(url, service);
  const clientSettings = { url, tokenPath: paths.writerTokenPath, writesPath: values.writes || paths.writesPath };
  const client = values["no-client"]
    ? undefined
    : keep(
        "The client",
        startProgram(folder, "writingClient", {
          ...clientSettings,
          clientId: CLIENT_ID,
          everyMs: Number(values["write-every"]),
        }),
      );
  const state = {
    folder,
    pid: process.pid,
    cluster,
    rows: made.rows,
    service: { pid: service.pid, port, url, logPath: service.logPath, maintenancePath, testTokenPath },
    ...(client && { client: { ...clientSettings, pid: client.pid, clientId: CLIENT_ID, logPath: client.logPath } }),
  };
  await writeSampleState(paths.statePath, state);
  console.log(JSON.stringify({ ready: true, state: paths.statePath }));
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  await endAll(1);
}
