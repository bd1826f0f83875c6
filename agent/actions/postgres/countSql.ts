import type { CountedTable } from "../../../domain/action/postgresTarget.ts";

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
