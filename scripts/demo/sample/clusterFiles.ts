import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SampleCluster } from "./sampleState.ts";
import { samplePaths } from "./sampleState.ts";

function configuration(cluster: SampleCluster): string {
  const folder = dirname(cluster.configFile);
  return [
    `data_directory = '${cluster.dataDirectory}'`,
    `hba_file = '${join(folder, "pg_hba.conf")}'`,
    `ident_file = '${join(folder, "pg_ident.conf")}'`,
    "listen_addresses = '127.0.0.1'",
    `port = ${cluster.port}`,
    `unix_socket_directories = '${cluster.socketDirectory}'`,
    "max_connections = 50",
    "shared_buffers = 64MB",
    "min_wal_size = 32MB",
    "timezone = 'UTC'",
    "log_timezone = 'UTC'",
    "log_line_prefix = '%m [%p] '",
    "",
  ].join("\n");
}

/** The socket's folder is closed to all but the owner and root: who gets that far is trusted. */
const ACCESS_RULES = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";

/** Writes a file that belongs to the sample's owner. */
export async function writeOwned(cluster: SampleCluster, path: string, text: string, mode: number): Promise<void> {
  await writeFile(path, text, { mode });
  await chmod(path, mode);
  await chown(path, cluster.owner.uid, cluster.owner.gid);
}

/** Makes the folders of a sample and writes its configuration, which knows their paths; the data stay as they are. */
export async function makeFolders(cluster: SampleCluster, folder: string): Promise<void> {
  const paths = samplePaths(folder);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const [path, mode] of [
    [paths.dataDirectory, 0o700],
    [paths.socketDirectory, 0o700],
    [paths.configFolder, 0o755],
    [paths.logFolder, 0o755],
    [paths.secretsFolder, 0o700],
  ] as const) {
    await mkdir(path, { recursive: true });
    await chmod(path, mode);
    await chown(path, cluster.owner.uid, cluster.owner.gid);
  }
  await writeOwned(cluster, cluster.configFile, configuration(cluster), 0o644);
  await writeOwned(cluster, join(paths.configFolder, "pg_hba.conf"), ACCESS_RULES, 0o640);
  await writeOwned(cluster, join(paths.configFolder, "pg_ident.conf"), "", 0o640);
}
