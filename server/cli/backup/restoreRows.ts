import pg from "pg";
import { Instant } from "../../../domain/time.ts";
import { migrateBeside, migrationsOf, openBeside, switchBeside } from "../../db/copy/besideSchema.ts";
import type { LogsChecked } from "../../db/copy/checkLogs.ts";
import { checkLogs } from "../../db/copy/checkLogs.ts";
import { copyIn, goOnCounting } from "../../db/copy/copyRows.ts";
import { otherSessions } from "../../db/copy/otherSessions.ts";
import { MIGRATIONS, tablesInOrder } from "../../db/copy/tables.ts";
import { readMigrations } from "../../db/migrationFiles.ts";
import type { RestoredRun } from "../../engine/markRestored.ts";
import { markRestored } from "../../engine/markRestored.ts";
import type { OpeningKey } from "./backupKey.ts";
import type { Manifest } from "./manifest.ts";
import { readBackup } from "./readBackup.ts";

/** What became of the rows. */
export interface RestoredRows {
  readonly logs: LogsChecked;
  readonly runs: readonly RestoredRun[];
  /** Where the rows are that were there before; undefined: there were none. */
  readonly keptSchema: string | undefined;
  /** Migrations that the backup did not have yet. */
  readonly migrated: readonly string[];
}

/** The lock of migrations (server/db/applyMigrations.ts): a server that starts now waits, and finds the restored tables. */
const MIGRATE_LOCK = 72_707_369;

/** Tables that say whether anybody has used a database: a server that was only started has written none of them. */
const SAY_USED = ["user", "host", "window", "run"];

/** Puts the rows back in one transaction of the owner's: everything, or nothing at all. */
export async function restoreRows(
  client: pg.Client,
  how: {
    readonly file: string;
    readonly key: OpeningKey;
    readonly manifest: Manifest;
    readonly isReplacing: boolean;
    readonly evenDamaged: boolean;
    /** Name for the schema that is replaced. */
    readonly schema: string;
  },
): Promise<RestoredRows> {
  const { file, key, manifest } = how;
  const ours = readMigrations();
  const copied = migrationsOf(manifest.migrations, ours);
  await client.query("select pg_advisory_lock($1)", [MIGRATE_LOCK]);
  await client.query("begin");
  try {
    await refuseWhileUsed(client);
    const wasUsed = await refuseFull(client, how.isReplacing);
    await openBeside(client);
    await migrateBeside(client, copied);
    // The tables refuse what does not belong together, so that they are filled as the schema was when they were read.
    await readBackup(file, key, async (table, rows) => void (await copyIn(client, table, rows)));
    for (const table of manifest.tables) await goOnCounting(client, table);
    const pending = ours.filter((migration) => !copied.includes(migration));
    await migrateBeside(client, pending);
    const logs = await checkLogs(client);
    if (logs.damaged.length > 0 && !how.evenDamaged) throw new Error(damagedWords(logs));
    await client.query("update enrolment_token set expires_at = least(expires_at, now()) where used_at is null");
    const runs = await markRestored(client, Instant.parse(manifest.takenAt), Date.now());
    const keptSchema = wasUsed ? how.schema : undefined;
    await switchBeside(client, keptSchema);
    await client.query("commit");
    return { logs, runs, keptSchema, migrated: pending.map(({ name }) => name) };
  } catch (error) {
    await client.query("rollback").catch(() => {});
    const isDenied = error instanceof pg.DatabaseError && error.code === "42501";
    if (!isDenied) throw error;
    throw new Error(
      `The role of DATABASE_OWNER_URL has to own the database and its schema public: ${error.message}. Nothing was changed.`,
      { cause: error },
    );
  }
}

const damagedWords = ({ damaged }: LogsChecked): string =>
  [
    "The chains of these runs do not verify. Nothing was changed. With --even-damaged they are restored as they are:",
    ...damaged.map(({ runId, why }) => `  ${runId}: ${why}`),
  ].join("\n");

/** A server that goes on writing would write into tables that nobody reads any more. */
async function refuseWhileUsed(client: pg.Client): Promise<void> {
  const others = await otherSessions(client);
  if (others.length === 0) return;
  throw new Error(
    `The database is in use (${others.join(", ")}). Stop the server first, and close other sessions. Nothing was changed.`,
  );
}

/** Refuses a database that holds something, or somebody else's tables. Answers whether it holds something. */
async function refuseFull(client: pg.Client, isReplacing: boolean): Promise<boolean> {
  const tables = (await tablesInOrder(client)).map(({ name }) => name);
  const { rows } = await client.query<{ ours: boolean }>("select to_regclass($1) is not null as ours", [
    `public.${MIGRATIONS}`,
  ]);
  if (tables.length > 0 && rows[0]?.ours !== true) {
    throw new Error("The database holds tables that are not Slackwater's. Name an empty one. Nothing was changed.");
  }
  let isUsed = false;
  for (const name of SAY_USED.filter((one) => tables.includes(one))) {
    const found = await client.query(`select 1 from ${pg.escapeIdentifier(name)} limit 1`);
    isUsed ||= found.rowCount === 1;
  }
  if (isUsed && !isReplacing) {
    throw new Error(
      "The database is not empty, and nothing was changed. Name an empty one or a new --state folder; or say --replace: what is there is then kept under another name.",
    );
  }
  return isUsed;
}
