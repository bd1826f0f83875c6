import { createHash } from "node:crypto";
import type pg from "pg";
import { postgresCount } from "../../../domain/action/postgres.ts";
import type { CountedTable } from "../../../domain/action/postgresTarget.ts";
import { observing } from "../observing.ts";
import { withClient } from "./connect.ts";

/** A table's name as SQL: each part quoted, so that a name can't be more than a name. */
export function quotedTable(table: string): string {
  return table
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");
}

/** `count(*)` of a counted table. The condition is the runbook's own text, run where nothing can be written. */
export function countSql({ table, where }: CountedTable): string {
  return `select count(*)::text as rows from ${quotedTable(table)}${where === "" ? "" : ` where ${where}`}`;
}

/**
 * Rows and a digest of their contents that does not depend on their order: 64 bits of each row's MD5, summed as exact numbers, beside
 * the count. Two tables with the same rows have the same text; a changed, lost or doubled row changes it.
 */
export function contentsSql({ table, where }: CountedTable): string {
  const half = (from: number) => `('x' || substr(h, ${from}, 16))::bit(64)::bigint`;
  return `select count(*)::text as rows, concat(count(*), ':', coalesce(sum(${half(1)}::numeric), 0), ':', coalesce(sum(${half(17)}::numeric), 0)) as contents from (select md5(t::text) as h from ${quotedTable(table)} t${where === "" ? "" : ` where ${where}`}) hashed`;
}

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
  plan: ({ tables, contents }) =>
    tables.map((table) => ({ kind: "note", text: contents ? contentsSql(table) : countSql(table) })),
  run: ({ cluster, tables, contents }, context) =>
    withClient(cluster, async (client) => {
      await client.query("begin isolation level repeatable read read only");
      const counted = await countTables(client, tables, contents);
      await client.query("rollback");
      return { rows: counted.rows, rows_total: counted.total, digest: counted.digest, counted_at: context.now() };
    }),
});
