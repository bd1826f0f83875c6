import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import pg from "pg";
import type { SampleCluster } from "./sampleState.ts";

/** Runs a program of the server as its owner; throws what it wrote when it fails. */
export async function runAsOwner(cluster: SampleCluster, program: string, argv: readonly string[]): Promise<void> {
  const { uid, gid } = cluster.owner;
  const identity = process.getuid?.() === 0 ? { uid, gid } : {};
  // Files, not pipes: a server that pg_ctl leaves behind would hold a pipe open.
  const child = spawn(join(cluster.binDirectory, program), argv, {
    ...identity,
    cwd: dirname(cluster.dataDirectory),
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on("error", reject).on("exit", resolve);
  const exitCode = await promise;
  if (exitCode === 0) return;
  const log = await readFile(cluster.logPath, "utf8").catch(() => "");
  throw new Error(`${program} ended with ${exitCode}: ${errors.trim()}\n${log.slice(-2000)}`);
}

/** Starts the server where its configuration points, and waits until it answers. */
export async function startCluster(cluster: SampleCluster, options = ""): Promise<void> {
  const place = ["-D", dirname(cluster.configFile), "-l", cluster.logPath];
  await runAsOwner(cluster, "pg_ctl", ["start", ...place, "-w", "-t", "60", ...(options ? ["-o", options] : [])]);
}

/** Ends the server's sessions and stops it. */
export async function stopCluster(cluster: SampleCluster): Promise<void> {
  await runAsOwner(cluster, "pg_ctl", ["stop", "-D", dirname(cluster.configFile), "-m", "fast", "-w", "-t", "60"]);
}

/** A session as the superuser: through the socket, or with the password where the server is in a container. */
export async function withSuperuser<T>(
  cluster: SampleCluster,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { port, superuser: user, container } = cluster;
  const way = container
    ? { host: "127.0.0.1", password: (await readFile(cluster.superuserPasswordPath, "utf8")).trim() }
    : { host: cluster.socketDirectory };
  const client = new pg.Client({ ...way, port, user, database, application_name: "sample" });
  await client.connect();
  return work(client).finally(() => client.end());
}
