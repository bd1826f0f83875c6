import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startCluster, stopCluster } from "./clusterProcess.ts";
import { PostgresSource } from "./postgresBinaries.ts";
import { makeSampleCluster } from "./sampleCluster.ts";
import { parseSize } from "./sampleSize.ts";
import { samplePaths, writeSampleState } from "./sampleState.ts";

/*
 * Starts the sample on this host: its PostgreSQL cluster, the SuperSync service and a client that writes all the time.
 *   node start.ts --folder /var/lib/sample [--size 300M] [--port 5432] [--service-port 1900] [--copy-from <folder>]
 *                 [--may-make-account] [--postgres debian|embedded] [--no-client] [--writes <file>]
 * When all of it answers, state.json in the folder says where everything is, and one line of JSON is printed. TERM or INT
 * ends all of it. What was there before is kept: a second start on a folder goes on with its data.
 */

const CLIENT_ID = "writing-client";
const WRITE_EVERY_MS = 100;
const ANSWER_WITHIN_MS = 60_000;
const END_WITHIN_MS = 10_000;

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
    "no-client": { type: "boolean", default: false },
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

interface Program {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly logPath: string;
}

/** Starts one of our programs, its output appended to a log file. */
async function startProgram(name: "sampleService" | "writingClient", settings: object): Promise<Program> {
  const settingsPath = join(paths.configFolder, `${name}.json`);
  await writeFile(settingsPath, `${JSON.stringify(settings)}\n`);
  const logPath = join(paths.logFolder, `${name}.log`);
  const output = openSync(logPath, "a");
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), settingsPath], {
    cwd: "/",
    stdio: ["ignore", output, output],
  });
  await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  if (child.pid === undefined) throw new Error(`${name} did not start`);
  return { child, pid: child.pid, logPath };
}

async function waitUntilHealthy(url: string, service: Program): Promise<void> {
  const endMs = performance.now() + ANSWER_WITHIN_MS;
  while (performance.now() < endMs && service.child.exitCode === null) {
    const isHealthy = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isHealthy) return;
    await pause(50);
  }
  throw new Error(`The sample service does not answer; see ${service.logPath}`);
}

/** Asks a program to end and waits until it has; kills it when it takes longer than ten seconds. */
async function end({ child }: Program): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), END_WITHIN_MS);
  await gone;
  clearTimeout(impatience);
}

const { cluster, rows } = await makeSampleCluster({
  folder,
  port: await portFrom(values.port),
  sizeBytes: parseSize(values.size),
  mayMakeAccount: values["may-make-account"],
  ...(values["copy-from"] === undefined ? {} : { copyFrom: values["copy-from"] }),
  ...(values.postgres === undefined ? {} : { postgres: PostgresSource.parse(values.postgres) }),
  log,
});
for (const limit of cluster.limits) log(`NOTE ${limit}`);
await startCluster(cluster);
const programs: Program[] = [];
let isEnding = false;

async function endAll(exitCode: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  for (const program of [...programs].reverse()) await end(program);
  // A migration may have stopped it, or moved it: its configuration knows where it is now.
  await stopCluster(cluster).catch((error: unknown) => log(`PostgreSQL was not stopped: ${String(error)}`));
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
  const port = await portFrom(values["service-port"]);
  const url = `http://127.0.0.1:${port}`;
  const { passwordPath, maintenancePath, testTokenPath } = paths;
  const serviceSettings = { port, databasePort: cluster.port, passwordPath, maintenancePath, testTokenPath };
  const service = keep("The service", await startProgram("sampleService", serviceSettings));
  await waitUntilHealthy(url, service);
  const clientSettings = { url, tokenPath: paths.writerTokenPath, writesPath: values.writes || paths.writesPath };
  const client = values["no-client"]
    ? undefined
    : keep(
        "The client",
        await startProgram("writingClient", { ...clientSettings, clientId: CLIENT_ID, everyMs: WRITE_EVERY_MS }),
      );
  const state = {
    folder,
    pid: process.pid,
    cluster,
    rows,
    service: { pid: service.pid, port, url, logPath: service.logPath, maintenancePath, testTokenPath },
    ...(client && { client: { ...clientSettings, pid: client.pid, clientId: CLIENT_ID, logPath: client.logPath } }),
  };
  await writeSampleState(paths.statePath, state);
  console.log(JSON.stringify({ ready: true, state: paths.statePath }));
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  await endAll(1);
}
