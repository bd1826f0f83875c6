import { postgresQuery } from "../../../domain/action/postgres.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";
import { withClient } from "./connect.ts";
import { oneStatement } from "./oneStatement.ts";
import { queryByHand } from "./queryByHand.ts";

/** `postgres.query`: one statement, in a transaction that can't write. The extended protocol takes no second statement. */
export const postgresQueryAction = observing(postgresQuery, {
  plan: (args) => [noteOf(`in a read-only transaction: ${args.sql}`, queryByHand(args))],
  run: ({ cluster, sql, expect, timeoutMs }) =>
    withClient(cluster, async (client) => {
      await client.query("begin read only");
      await client.query(`set local statement_timeout = ${timeoutMs}`);
      const began = performance.now();
      const { rows, rowCount } = await client.query<unknown[]>(oneStatement(sql));
      const durationMs = performance.now() - began;
      await client.query("rollback");
      const first = rows[0]?.[0];
      const value =
        first === null || first === undefined ? "" : first instanceof Date ? first.toISOString() : String(first);
      const number = Number(value);
      return {
        ok: expect === undefined || value === expect,
        row_count: rowCount ?? 0,
        value: value.slice(0, 4000),
        number: value !== "" && Number.isFinite(number) ? number : 0,
        duration_ms: durationMs,
      };
    }),
});
