import type pg from "pg";
import type { z } from "zod";
import { backupRestoreTest } from "../../../domain/action/backup.ts";
import { Failure } from "../../../domain/failure.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { pipelineLine } from "../../byHand/programLine.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { psqlRestoreCall } from "../../tools/pgDump.ts";
import type { Action, PlannedCall } from "../action.ts";
import { noteOf } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import { countTables } from "../postgres/count.ts";
import { countedByHand } from "../postgres/countByHand.ts";
import { plannedClient } from "../postgres/plannedClient.ts";
import { asked } from "../postgres/sqlByHand.ts";
import { databaseExists } from "./makeAlike.ts";
import { withReach } from "./reach.ts";
import { opening, openingPlan } from "./sealing.ts";

type Args = z.output<typeof backupRestoreTest.args>;
type Result = z.output<typeof backupRestoreTest.result>;

/** Names of scratch databases are checked by the schema: lower-case words. */
const createSql = (name: string) => `create database "${name}"`;
const dropSql = (name: string) => `drop database if exists "${name}" with (force)`;

/** `backup.restoreTest`: whatever happens, the scratch database is dropped again. */
export const backupRestoreTestAction: Action<typeof backupRestoreTest.args, typeof backupRestoreTest.result> = {
  spec: backupRestoreTest,
  plan: restorePlan,
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

/** Whatever the restore comes to, the scratch database is dropped; only then is it judged. */
function restorePlan({ cluster, path, scratchDatabase, iterations, tables, expected }: Args): readonly PlannedCall[] {
  const programs = [
    ...openingPlan(path, iterations),
    plannedClient(cluster, (to) => psqlRestoreCall(to, scratchDatabase)),
  ];
  const scratch = { ...cluster, database: scratchDatabase };
  const labels = tables.toSorted((a, b) => (a.label < b.label ? -1 : 1)).map(({ label }) => label);
  const wanted = labels.map((label) => `${label}|${expected[label] ?? "?"}`).join("\n");
  return [
    noteOf(createSql(scratchDatabase), [asked(cluster, createSql(scratchDatabase), "postgres")]),
    {
      ...{ kind: "pipeline", programs },
      bash: [bash`restored=no`, bash`if ${pipelineLine(programs)}; then restored=yes; fi`],
    },
    noteOf("count there", [
      bash`if [[ $restored == yes ]]; then counted=$(${countedByHand(scratch, tables, false)}) || restored=no; fi`,
    ]),
    noteOf(`whatever came of it: ${dropSql(scratchDatabase)}`, [
      asked(cluster, dropSql(scratchDatabase), "postgres"),
      bash`[[ $restored == yes ]] || ${REFUSE} ${`${path} could not be restored.`}`,
      bash`printf '%s\n' "$counted"`,
      bash`[[ $counted == ${wanted} ]] || ${REFUSE} ${`The rows should be: ${wanted.replaceAll("\n", ", ")}`}`,
    ]),
  ];
}

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
