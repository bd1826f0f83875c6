import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyMigrations } from "../../server/db/applyMigrations.ts";
import { startEmbeddedPostgres } from "../../server/db/embeddedPostgres.ts";
import { prepareJobs } from "../../server/engine/prepareJobs.ts";

/** A real PostgreSQL with its safe settings (fsync and all), migrated, for one benchmark. */
export interface BenchDatabase {
  readonly appUrl: string;
  readonly ownerUrl: string;
  /** A folder that goes with it. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Starts it in a folder of its own. */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "slackwater-bench-"));
  chmodSync(folder, 0o755); // as root, PostgreSQL runs under another account
  const server = await startEmbeddedPostgres({ directory: join(folder, "postgres"), log: () => {} });
  await applyMigrations(server.ownerUrl, { appRole: "slackwater_app" });
  await prepareJobs(server.ownerUrl, "slackwater_app");
  return {
    appUrl: server.appUrl,
    ownerUrl: server.ownerUrl,
    folder,
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
