import type pg from "pg";
import type { z } from "zod";
import { backupPutBack } from "../../../domain/action/backup.ts";
import { Failure } from "../../../domain/failure.ts";
import type { Action } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import { databaseExists } from "./makeAlike.ts";
import { swapDatabases } from "./swapDatabases.ts";

type Args = z.output<typeof backupPutBack.args>;
type Result = z.output<typeof backupPutBack.result>;

/** `backup.putBack`. */
export const backupPutBackAction: Action<typeof backupPutBack.args, typeof backupPutBack.result> = {
  spec: backupPutBack,
  plan: ({ cluster, keptAs, restoredAs }) => [
    {
      kind: "note",
      text: `nobody in ${cluster.database}: rename it to ${restoredAs}, and ${keptAs} to ${cluster.database}`,
    },
  ],
  run: putBack,
  inspect: async ({ cluster, keptAs, restoredAs }) => {
    const isBack = await withClient(
      cluster,
      async (client) => !(await databaseExists(client, keptAs)) && (await databaseExists(client, restoredAs)),
      "postgres",
    );
    return isBack ? { state: "done", result: { restored_as: restoredAs } } : { state: "notBegun" };
  },
};

async function putBack({ cluster, keptAs, restoredAs }: Args): Promise<Result> {
  return withClient(
    cluster,
    async (client: pg.Client) => {
      if (!(await databaseExists(client, keptAs)))
        throw new Failure("objectMissing", `There is no database ${keptAs}.`);
      if (await databaseExists(client, restoredAs))
        throw new Failure("volumeExists", `There is a database ${restoredAs} already. Nothing was changed.`);
      await swapDatabases(client, { live: cluster.database, next: keptAs, keepAs: restoredAs });
      return { restored_as: restoredAs };
    },
    "postgres",
  );
}
