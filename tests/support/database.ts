import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import type { Database } from "../../server/db/client.ts";
import { openDatabase } from "../../server/db/client.ts";
import { TEMPLATE, withDatabase } from "./embeddedServer.ts";

/** A database of one's own, with the whole schema and no rows. */
export interface TestDatabase {
  readonly name: string;
  /** As Slackwater runs: may only add to the event log. */
  readonly appUrl: string;
  /** As Slackwater migrates. */
  readonly ownerUrl: string;
  /** Drops it. Fails when sessions are still open, naming them: whoever opened them did not close them. */
  drop(): Promise<void>;
}

const GRACE_MS = 2_000;

/** Copies the migrated template (about 50 ms). Prefer useTestDatabase in a test file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await asAdmin((admin) => admin.query(`create database ${name} template ${TEMPLATE} owner slackwater_owner`));
  return {
    name,
    appUrl: withDatabase(inject("databaseAppUrl"), name),
    ownerUrl: withDatabase(inject("databaseOwnerUrl"), name),
    drop: () => asAdmin((admin) => dropWatchfully(admin, name)),
  };
}

/**
 * For a test file: a database before its tests, dropped after them, with one open connection pool (as the app).
 * The fields may only be read inside hooks and tests.
 */
export function useTestDatabase(poolSize = 5): TestDatabase & { readonly db: Database } {
  let made: TestDatabase | undefined;
  let opened: Database | undefined;
  beforeAll(async () => {
    made = await createTestDatabase();
    opened = openDatabase(made.appUrl, { poolSize, applicationName: "test" });
  });
  afterAll(async () => {
    await opened?.close();
    await made?.drop();
  });
  const ready = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error("the test database is there only inside hooks and tests");
    return value;
  };
  return {
    get name() {
      return ready(made).name;
    },
    get appUrl() {
      return ready(made).appUrl;
    },
    get ownerUrl() {
      return ready(made).ownerUrl;
    },
    get db() {
      return ready(opened);
    },
    drop: () => ready(made).drop(),
  };
}

async function dropWatchfully(admin: pg.Client, name: string): Promise<void> {
  let open: readonly string[] = [];
  for (const giveUpAt = performance.now() + GRACE_MS; performance.now() < giveUpAt; await sleep(25)) {
    const { rows } = await admin.query<{ who: string }>(
      `select coalesce(nullif(application_name, ''), usename) || ': ' || left(query, 80) as who
         from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    open = rows.map((row) => row.who);
    if (open.length === 0) break;
  }
  await admin.query(`drop database ${name} with (force)`);
  if (open.length > 0) throw new Error(`the test left ${open.length} database sessions open: ${open.join(" | ")}`);
}

async function asAdmin(work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: inject("databaseAdminUrl") });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
