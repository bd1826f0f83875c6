import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { applyMigrations } from "../../server/db/applyMigrations.ts";
import { startEmbeddedPostgres } from "../../server/db/embeddedPostgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Addresses of this run's PostgreSQL, of its template database; tests/support/database.ts makes others of them. */
    databaseAdminUrl: string;
    databaseOwnerUrl: string;
    databaseAppUrl: string;
  }
}

/** The database that every test database is copied from: migrated once, with the app's rights granted. */
export const TEMPLATE = "slackwater_template";

/** vitest globalSetup: one real PostgreSQL for the run, gone afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(path.join(tmpdir(), "slackwater-test-"));
  chmodSync(directory, 0o755); // as root, PostgreSQL runs under another account
  const server = await startEmbeddedPostgres({
    directory,
    log: () => {},
    // Nothing here has to survive a power cut. Crash tests start servers of their own, with safe settings.
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200" },
  });
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  await admin.query(`create database ${TEMPLATE} owner slackwater_owner`);
  await admin.end();
  await applyMigrations(withDatabase(server.ownerUrl, TEMPLATE), { appRole: "slackwater_app" });

  project.provide("databaseAdminUrl", server.adminUrl);
  project.provide("databaseOwnerUrl", withDatabase(server.ownerUrl, TEMPLATE));
  project.provide("databaseAppUrl", withDatabase(server.appUrl, TEMPLATE));
  return async () => {
    const outcome = await server.stop();
    rmSync(directory, { recursive: true, force: true });
    if (outcome !== "stopped") throw new Error("a test left its own hold on the shared PostgreSQL");
  };
}

/** The same server and role, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
