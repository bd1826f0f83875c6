import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const Pid = z.int().positive();
const Port = z.int().min(1).max(65_535);

/** The sample cluster: what an agent or a runbook has to be told about it. All paths are those of the sample's host. */
export const SampleCluster = z.object({
  dataDirectory: z.string(),
  /** Lies outside of the data directory and names it, as on Debian; pg_ctl -D takes its folder. */
  configFile: z.string(),
  socketDirectory: z.string(),
  logPath: z.string(),
  binDirectory: z.string(),
  /** As `postgres --version` says it: 15.18. */
  version: z.string(),
  port: Port,
  database: z.literal("supersync"),
  /** Of the service; not a superuser. Its password is in passwordPath. */
  user: z.literal("supersync"),
  passwordPath: z.string(),
  /** Through the socket folder, which only the owner and root can enter, it needs no password. */
  superuser: z.literal("postgres"),
  superuserPasswordPath: z.string(),
  owner: z.object({ name: z.string(), uid: z.int(), gid: z.int() }),
  /** What cannot be done with these binaries, in sentences; empty with a full PostgreSQL. */
  limits: z.array(z.string()),
  /** Where it runs in Docker: then the socket folder, the configuration and the log are the container's own. */
  container: z.object({ name: z.string(), image: z.string(), volume: z.string().optional() }).optional(),
});
export type SampleCluster = z.infer<typeof SampleCluster>;

/** Everything that start.ts has started, written to state.json once all of it answers. */
export const SampleState = z.object({
  folder: z.string(),
  pid: Pid,
  cluster: SampleCluster,
  /** Rows that the sample was made with, before any client wrote. */
  rows: z.object({ operations: z.int(), users: z.int(), snapshots: z.int() }),
  service: z.object({
    pid: Pid,
    port: Port,
    url: z.string(),
    logPath: z.string(),
    /** While this file exists the service shows its maintenance page. */
    maintenancePath: z.string(),
    /** Bearer token of the test account, which is answered during maintenance too. */
    testTokenPath: z.string(),
  }),
  client: z
    .object({ pid: Pid, clientId: z.string(), writesPath: z.string(), tokenPath: z.string(), logPath: z.string() })
    .optional(),
});
export type SampleState = z.infer<typeof SampleState>;

/** Where everything of a sample lies. */
export function samplePaths(folder: string) {
  return {
    dataDirectory: join(folder, "pgdata"),
    configFolder: join(folder, "etc"),
    socketDirectory: join(folder, "run"),
    logFolder: join(folder, "log"),
    secretsFolder: join(folder, "secrets"),
    passwordPath: join(folder, "secrets", "supersync.password"),
    superuserPasswordPath: join(folder, "secrets", "postgres.password"),
    writerTokenPath: join(folder, "secrets", "writer.token"),
    testTokenPath: join(folder, "secrets", "test.token"),
    maintenancePath: join(folder, "maintenance.on"),
    writesPath: join(folder, "writes.jsonl"),
    statePath: join(folder, "state.json"),
  } as const;
}

/** Reads what start.ts wrote; throws where it did not, or not this. */
export async function readSampleState(path: string): Promise<SampleState> {
  return SampleState.parse(JSON.parse(await readFile(path, "utf8")));
}

/** Written whole or not at all: whoever waits for the file may read it at once. */
export async function writeSampleState(path: string, state: SampleState): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
