import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { backup } from "../../server/cli/backup/backup.ts";
import type { OpeningKey, SealingKey } from "../../server/cli/backup/backupKey.ts";
import type { RestoreWords } from "../../server/cli/backup/restore.ts";
import { restore } from "../../server/cli/backup/restore.ts";
import type { TestDatabase } from "./database.ts";
import { createTestDatabase } from "./database.ts";

type Urls = Pick<TestDatabase, "appUrl" | "ownerUrl">;

/** For a test file about backups: a folder, a key, databases to restore into, and the two commands. */
export function useBackups() {
  const folder = mkdtempSync(join(tmpdir(), "slackwater-backup-"));
  const targets: TestDatabase[] = [];
  const keys: { sealing?: SealingKey; opening?: OpeningKey } = {};
  beforeAll(async () => {
    const identity = await generateIdentity();
    keys.opening = { kind: "identities", identities: [identity] };
    keys.sealing = { kind: "recipients", recipients: [await identityToRecipient(identity)] };
  });
  afterAll(async () => {
    for (const target of targets) await target.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  const at = (name: string): string => join(folder, name);
  const environmentOf = ({ appUrl, ownerUrl }: Urls, state: string) => ({
    DATABASE_URL: appUrl,
    DATABASE_OWNER_URL: ownerUrl,
    STATE_DIRECTORY: at(state),
  });
  const opening = (): OpeningKey => {
    if (keys.opening === undefined) throw new Error("the key is there only inside hooks and tests");
    return keys.opening;
  };
  return {
    folder,
    at,
    opening,
    environmentOf,
    /** An empty database with the whole schema. */
    async target(): Promise<TestDatabase> {
      const made = await createTestDatabase();
      targets.push(made);
      return made;
    },
    backup: (name: string, of: Urls, state = "state", key = keys.sealing) => {
      if (key === undefined) throw new Error("the key is there only inside hooks and tests");
      return backup({ file: at(name), key, state: undefined, environment: environmentOf(of, state) });
    },
    restore: (name: string, into: Urls, how: Partial<RestoreWords> = {}, state = "restored") =>
      restore({
        ...{ file: at(name), key: opening(), isCheck: false, isReplacing: false, evenDamaged: false, state: undefined },
        environment: environmentOf(into, state),
        ...how,
      }),
    /** A file that only its owner reads. */
    secret(name: string, text: string): string {
      writeFileSync(at(name), text, { mode: 0o600 });
      return at(name);
    },
  };
}

/** Everything that could have changed in a database: its schemas, tables, and the rows of each. */
export async function traceOf({ ownerUrl }: Urls): Promise<readonly [schema: string, table: string, md5: string][]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ s: string; t: string }>(
      `select schemaname as s, tablename as t from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`,
    );
    const trace: [schema: string, table: string, md5: string][] = [];
    for (const { s, t } of tables) {
      const name = `${pg.escapeIdentifier(s)}.${pg.escapeIdentifier(t)}`;
      const { rows } = await client.query(
        `select md5(coalesce(string_agg(r::text, '' order by r::text), '')) as md5 from ${name} r`,
      );
      trace.push([s, t, rows[0].md5]);
    }
    return trace;
  } finally {
    await client.end();
  }
}

/** Statements of the tables' owner, past what the app's role may do. */
export async function asOwner({ ownerUrl }: Urls, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
