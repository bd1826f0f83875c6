import type pg from "pg";
import type { z } from "zod";
import { backupRestoreTest } from "../../../domain/action/backup.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { psqlRestoreCall } from "../../tools/pgDump.ts";
import type { Action } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import { countTables } from "../postgres/count.ts";
import { databaseExists } from "./makeAlike.ts";
import { withReach } from "./reach.ts";
import { opening, openingCalls } from "./sealing.ts";

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
    ...openingCalls(path, iterations).map((call) => ({ kind: "program" as const, ...call })),
    { kind: "note", text: `psql, in one transaction, into ${scratchDatabase}; count; ${dropSql(scratchDatabase)}` },
  ],
  run: restore,
  inspect: async ({ cluster, scratchDatabase }) => {
    const isThere = await onMaintenance(cluster, (client) => databaseExists(client, scratchDatabase));
    if (!isThere) return { state: "notBegun" };
    await onMaintenance(cluster, (client) => client.query(dropSql(scratchDatabase)));
    return { state: "halfWay", found: `${scratchDatabase} was left over and is dropped.` };
  },
};

const onMaintenance = <T>(cluster: Args["cluster"], work: (client: pg.Client) => Promise<T>) =>
  withClient(cluster, work, "postgres");

async function restore(args: Args, context: ActionContext): Promise<Result> {
  const { cluster, scratchDatabase, tables, expected } = args;
  const beganMs = performance.now();
  await onMaintenance(cluster, async (client) => {
    if (await databaseExists(client, scratchDatabase))
      throw new Failure("volumeExists", `There is a database ${scratchDatabase} already. Nothing was changed.`);
    context.recordUndo({ kind: "scratchDatabase", facts: { database: scratchDatabase } });
    await client.query(createSql(scratchDatabase));
  });
  let rows: Record<string, number> = {};
  try {
    await withReach(cluster, (reaching) =>
      context.pipeline([...opening(args, context), reaching((to) => psqlRestoreCall(to, scratchDatabase))]),
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
