import { createHash } from "node:crypto";
import type pg from "pg";
import { postgresCount } from "../../../domain/action/postgres.ts";
import type { CountedTable } from "../../../domain/action/postgresTarget.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";
import { withClient } from "./connect.ts";
import { countByHand } from "./countByHand.ts";
import { contentsSql, countSql } from "./countSql.ts";

/** Counts in the client's current snapshot. */
export async function countTables(
  client: pg.Client,
  tables: readonly CountedTable[],
  contents: boolean,
): Promise<{ rows: Record<string, number>; total: number; digest: string }> {
  const rows: Record<string, number> = {};
  const digests: string[] = [];
  for (const table of tables.toSorted((a, b) => (a.label < b.label ? -1 : 1))) {
    const { rows: answer } = await client.query<{ rows: string; contents?: string }>(
      contents ? contentsSql(table) : countSql(table),
    );
    rows[table.label] = Number(answer[0]?.rows ?? 0);
    digests.push(`${table.label}=${answer[0]?.contents ?? ""}`);
  }
  return {
    rows,
    total: Object.values(rows).reduce((sum, count) => sum + count, 0),
    digest: contents ? createHash("sha256").update(digests.join("\n")).digest("hex") : "",
  };
}

/** `postgres.count`: all tables in one snapshot, so that the figures belong together. */
export const postgresCountAction = observing(postgresCount, {
  plan: ({ cluster, tables, contents }) =>
    tables.map((table, i) =>
      noteOf(
        contents ? contentsSql(table) : countSql(table),
        // One session counts all of them: they stand with the first.
        i === 0 ? countByHand(cluster, tables, contents) : [],
      ),
    ),
  run: ({ cluster, tables, contents }, context) =>
    withClient(cluster, async (client) => {
      await client.query("begin isolation level repeatable read read only");
      const counted = await countTables(client, tables, contents);
      await client.query("rollback");
      return { rows: counted.rows, rows_total: counted.total, digest: counted.digest, counted_at: context.now() };
    }),
});
