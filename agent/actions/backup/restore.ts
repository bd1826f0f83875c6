import type pg from "pg";
import { z } from "zod";
import { backupRestore } from "../../../domain/action/backup.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { psqlRestoreCall } from "../../tools/pgDump.ts";
import type { Action } from "../action.ts";
import { noteOf } from "../action.ts";
import { keepFile, readKept } from "../keptFile.ts";
import { withClient } from "../postgres/connect.ts";
import { countTables } from "../postgres/count.ts";
import { countByHand } from "../postgres/countByHand.ts";
import { plannedClient } from "../postgres/plannedClient.ts";
import { createAlike, databaseExists, giveAlike, quotedName } from "./makeAlike.ts";
import { withReach } from "./reach.ts";
import { opening, openingPlan } from "./sealing.ts";
import { swapDatabases } from "./swapDatabases.ts";

type Args = z.output<typeof backupRestore.args>;
type Result = z.output<typeof backupRestore.result>;

/** What is restored beside the database in service. */
const NEXT = "slackwater_restored";

/** A restore whose swap was about to be made: a repeat must not restore over what the first attempt has put in service. */
const Swapping = z.object({ path: z.string(), rows: z.record(z.string(), z.number()) });

const recordName = ({ cluster, keepAs }: Args) =>
  `restore.${encodeURIComponent(`${cluster.port}:${cluster.container}:${cluster.database}:${keepAs}`)}.json`;

/** `backup.restore`: beside the database in service, which is never written to; then the two change names. */
export const backupRestoreAction: Action<typeof backupRestore.args, typeof backupRestore.result> = {
  spec: backupRestore,
  plan: ({ cluster, path, keepAs, iterations, tables }) => [
    {
      kind: "note",
      text: `create database ${quotedName(NEXT)}, with owner, encoding and locale of ${cluster.database}`,
    },
    {
      kind: "pipeline",
      programs: [...openingPlan(path, iterations), plannedClient(cluster, (to) => psqlRestoreCall(to, NEXT))],
    },
    noteOf("count there", countByHand({ ...cluster, database: NEXT }, tables, false)),
    { kind: "note", text: `give ${NEXT} the rights, the settings and the limit of ${cluster.database}` },
    { kind: "note", text: `nobody in ${cluster.database}: rename it to ${keepAs}, and ${NEXT} to ${cluster.database}` },
  ],
  run: restore,
  inspect: async (args) => {
    const { cluster, keepAs, path } = args;
    const record = await readKept(recordName(args), Swapping);
    const isSwapped = await onMaintenance(
      cluster,
      async (client) => (await databaseExists(client, keepAs)) && !(await databaseExists(client, NEXT)),
    );
    if (isSwapped && record?.path === path)
      return { state: "done", result: { kept_as: keepAs, rows: record.rows, duration_ms: 0 } };
    return { state: "notBegun" };
  },
  left: async ({ cluster }) => {
    const isThere = await onMaintenance(cluster, (client) => databaseExists(client, NEXT));
    const what = `the database ${NEXT}, half restored`;
    return isThere ? [{ kind: "partialFiles", what, cleanUp: `drop database ${NEXT}` }] : [];
  },
};

const onMaintenance = <T>(cluster: Args["cluster"], work: (client: pg.Client) => Promise<T>) =>
  withClient(cluster, work, "postgres");

async function restore(args: Args, context: ActionContext): Promise<Result> {
  const { cluster, path, keepAs, tables, expected } = args;
  const beganMs = performance.now();
  await onMaintenance(cluster, async (client) => {
    if (await databaseExists(client, keepAs))
      throw new Failure(
        "volumeExists",
        `There is a database ${keepAs} already. Nothing was changed: say another name.`,
      );
    // Of an attempt that was broken off: it was never in service.
    await client.query(`drop database if exists ${quotedName(NEXT)} with (force)`);
    await createAlike(client, cluster.database, NEXT);
  });
  try {
    await withReach(cluster, (reaching) =>
      context.pipeline([...opening(args, context), reaching((to) => psqlRestoreCall(to, NEXT))]),
    );
    const { rows } = await withClient(cluster, (client) => countTables(client, tables, false), NEXT);
    requireEqual(rows, expected);
    await keepFile(recordName(args), { path, rows });
    context.recordUndo({ kind: "databaseRestored", facts: { database: cluster.database, keptAs: keepAs } });
    await onMaintenance(cluster, async (client) => {
      await giveAlike(client, cluster.database, NEXT);
      await swapDatabases(client, { live: cluster.database, next: NEXT, keepAs });
    });
    return { kept_as: keepAs, rows, duration_ms: Math.round(performance.now() - beganMs) };
  } catch (error) {
    await onMaintenance(cluster, (client) =>
      client.query(`drop database if exists ${quotedName(NEXT)} with (force)`),
    ).catch(() => context.log(`The database ${NEXT} could not be dropped.`));
    throw error;
  }
}

function requireEqual(rows: Readonly<Record<string, number>>, expected: Readonly<Record<string, number>>): void {
  const wrong = Object.entries(expected).filter(([label, count]) => rows[label] !== count);
  if (wrong.length === 0) return;
  const what = wrong.map(([label, count]) => `${label}: ${rows[label] ?? "not counted"}, and ${count} are expected`);
  throw new Failure("expectationFailed", `The backup has other rows than are expected. ${what.join("; ")}.`);
}
