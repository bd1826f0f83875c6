import { execFile } from "node:child_process";
import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { withSuperuser } from "./clusterProcess.ts";
import type { SampleCluster } from "./sampleState.ts";

const execute = promisify(execFile);
const NAME = "postgres";
/** Where the image, like the official one, has PGDATA. */
const PGDATA = "/var/lib/postgresql/data";
const ANSWER_WITHIN_MS = 60_000;

async function docker(...argv: readonly string[]): Promise<string> {
  const { stdout } = await execute("docker", argv);
  return stdout.trim();
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Puts the data into a named volume, once; returns where Docker keeps it. */
async function moveToVolume(cluster: SampleCluster, volume: string): Promise<string> {
  const folder = await docker("volume", "create", volume).then(() =>
    docker("volume", "inspect", "--format", "{{.Mountpoint}}", volume),
  );
  if (await isThere(join(folder, "PG_VERSION"))) return folder;
  await execute("cp", ["-a", "--", `${cluster.dataDirectory}/.`, folder]);
  await execute("sync", ["-f", folder]);
  await rm(cluster.dataDirectory, { recursive: true });
  return folder;
}

async function waitUntilAnswering(cluster: SampleCluster): Promise<void> {
  const endMs = performance.now() + ANSWER_WITHIN_MS;
  for (;;) {
    try {
      return await withSuperuser(cluster, "postgres", async (client) => void (await client.query("select 1")));
    } catch (error) {
      if (performance.now() > endMs) throw error;
      await pause(100);
    }
  }
}

/**
 * Runs a made and stopped cluster in a container called `postgres`, as people run the official image: restart policy
 * `always`, PGDATA a bind mount of its data directory or the named volume. It uses the host's network, so that the port is
 * the cluster's. A container of that name that is there already is started. Returns the cluster as it is then.
 */
export async function startContainer(plain: SampleCluster, image: string, volume?: string): Promise<SampleCluster> {
  const container = { name: NAME, image, ...(volume === undefined ? {} : { volume }) };
  const dataDirectory = volume === undefined ? plain.dataDirectory : await moveToVolume(plain, volume);
  const cluster: SampleCluster = { ...plain, dataDirectory, container };
  const names = (await docker("ps", "--all", "--format", "{{.Names}}")).split("\n");
  if (names.includes(NAME)) {
    await docker("start", NAME);
  } else {
    const mount = `${volume ?? dataDirectory}:${PGDATA}`;
    const { uid, gid } = plain.owner;
    const how = ["--name", NAME, "--restart", "always", "--network", "host", "--stop-signal", "SIGINT"];
    const settings = [`port=${plain.port}`, "listen_addresses=127.0.0.1", "shared_buffers=64MB", "timezone=UTC"];
    const command = ["postgres", ...settings.flatMap((setting) => ["-c", setting])];
    await docker("run", "--detach", ...how, "--user", `${uid}:${gid}`, "--volume", mount, image, ...command);
  }
  await waitUntilAnswering(cluster);
  return cluster;
}

/** Stops the container that has the name now, which a migration may have made anew; it stays. */
export async function stopContainer(cluster: SampleCluster): Promise<void> {
  await docker("stop", "--time", "60", cluster.container?.name ?? NAME);
}
