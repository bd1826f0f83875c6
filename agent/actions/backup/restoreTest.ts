import type pg from "pg";
import type { z } from "zod";
import { backupRestoreTest } from "../../../domain/action/backup.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { gunzipCall } from "../../tools/gzip.ts";
import { opensslCall, PASS_FD } from "../../tools/openssl.ts";
import { psqlRestoreCall } from "../../tools/pgDump.ts";
import type { Action } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import { countTables } from "../postgres/count.ts";
import { inputOf } from "./inputOf.ts";
import { withReach } from "./reach.ts";

type Args = z.output<typeof backupRestoreTest.args>;
type Result = z.output<typeof backupRestoreTest.result>;

/** Names of scratch databases are checked by the schema: lower-case words. */
const createSql = (name: string) => `create database "${name}"`;
const dropSql = (name: string) => `drop database if exists "${name}" with (force)`;

/** `backup.restoreTest`: whatever happens, the scratch database is dropped again. */
export const backupRestoreTestAction: Action<typeof backupRestoreTest.args, typeof backupRestoreTest.result> = {
  spec: backupRestoreTest,
  plan: ({ path, scratchDatabase, iterations }) => [
    { kind: "note", text: createSql(scratchDatabase) },
    { kind: "program", ...inputOf(path) },
    { kind: "program", ...opensslCall("decrypt", iterations) },
    { kind: "program", ...gunzipCall() },
    { kind: "note", text: `psql, in one transaction, into ${scratchDatabase}; count; ${dropSql(scratchDatabase)}` },
  ],
  run: restore,
  inspect: async ({ cluster, scratchDatabase }) => {
    const isThere = await onMaintenance(cluster, (client) => exists(client, scratchDatabase));
    if (!isThere) return { state: "notBegun" };
    await onMaintenance(cluster, (client) => client.query(dropSql(scratchDatabase)));
    return { state: "halfWay", found: `${scratchDatabase} was left over and is dropped.` };
  },
};

const onMaintenance = <T>(cluster: Args["cluster"], work: (client: pg.Client) => Promise<T>) =>
  withClient(cluster, work, "postgres");

async function exists(client: pg.Client, database: string): Promise<boolean> {
  const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [database]);
  return rowCount === 1;
}

async function restore(args: Args, context: ActionContext): Promise<Result> {
  const { cluster, path, scratchDatabase, tables, expected, iterations } = args;
  const beganMs = performance.now();
  await onMaintenance(cluster, async (client) => {
    if (await exists(client, scratchDatabase))
      throw new Failure("volumeExists", `There is a database ${scratchDatabase} already. Nothing was changed.`);
    context.recordUndo({ kind: "scratchDatabase", facts: { database: scratchDatabase } });
    await client.query(createSql(scratchDatabase));
  });
  let rows: Record<string, number> = {};
  try {
    await withReach(cluster, (reaching) =>
      context.pipeline([
        { ...inputOf(path), meter: "read" },
        { ...opensslCall("decrypt", iterations), secretFds: [{ fd: PASS_FD, bytes: context.secret("backup") }] },
        gunzipCall(),
        reaching((to) => psqlRestoreCall(to, scratchDatabase)),
      ]),
    );
    const counted = await withClient(cluster, (client) => countTables(client, tables, false), scratchDatabase);
    rows = counted.rows;
  } finally {
    await onMaintenance(cluster, (client) => client.query(dropSql(scratchDatabase)));
  }
  const labels = new Set([...Object.keys(rows), ...Object.keys(expected)]);
  return {
    rows,
    rows_equal: [...labels].every((label) => rows[label] === expected[label]),
    is_dropped: true,
    duration_ms: Math.round(performance.now() - beganMs),
  };
}
