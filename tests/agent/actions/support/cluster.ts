import { chmodSync } from "node:fs";
import { startCluster, stopCluster } from "../../../../scripts/demo/sample/clusterProcess.ts";
import { makeSampleCluster } from "../../../../scripts/demo/sample/sampleCluster.ts";
import type { SampleCluster } from "../../../../scripts/demo/sample/sampleState.ts";
import { freePort } from "../../../support/serverProcess.ts";

/** A real cluster of Debian's PostgreSQL 15 for one test file. */
export interface TestCluster {
  readonly cluster: SampleCluster;
  /** As actions are told of it. */
  readonly target: Readonly<Record<string, unknown>>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes a small sample in a folder, stopped. */
export async function makeCluster(room: string): Promise<TestCluster> {
  chmodSync(room, 0o711); // the server's account has to get through
  const made = await makeSampleCluster({
    folder: `${room}/sample`,
    port: await freePort(),
    sizeBytes: 2e6,
    mayMakeAccount: false,
    postgres: "debian",
    log: () => undefined,
  });
  const { cluster } = made;
  return {
    cluster,
    target: {
      kind: "plain",
      binDir: cluster.binDirectory,
      dataDir: cluster.dataDirectory,
      configFile: cluster.configFile,
      logFile: cluster.logPath,
      socketDir: cluster.socketDirectory,
      port: cluster.port,
      database: cluster.database,
      user: cluster.superuser,
      osUser: cluster.owner.name,
    },
    start: () => startCluster(cluster),
    stop: () => stopCluster(cluster),
  };
}
