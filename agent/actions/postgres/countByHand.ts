import type { CountedTable, PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { contentsSql, countSql } from "./countSql.ts";
import { commandWord, sqlOf, sqlText } from "./sqlByHand.ts";

/** Begins a transaction that sees one moment and can't write. */
export const BEGIN = "begin isolation level repeatable read read only";

/** One table's rows, and perhaps its contents, behind its label. */
export const labelledSql = (table: CountedTable, contents: boolean): string =>
  `select ${sqlText(table.label)}, counted.* from (${contents ? contentsSql(table) : countSql(table)}) counted`;

/** The command that prints a line for each table, in order of label, all in one snapshot. */
export function countedByHand(cluster: PostgresTarget, tables: readonly CountedTable[], contents: boolean): BashLine {
  const inOrder = tables.toSorted((a, b) => (a.label < b.label ? -1 : 1));
  const commands = [BEGIN, ...inOrder.map((table) => labelledSql(table, contents)), "rollback"];
  return bash`${sqlOf(cluster)} ${`--dbname=${cluster.database}`} ${commands.map(commandWord)}`;
}

/** How a person counts; with the contents comes the same digest as the action's. */
export function countByHand(
  cluster: PostgresTarget,
  tables: readonly CountedTable[],
  contents: boolean,
): readonly BashLine[] {
  const digest = bash`"$(printf '%s' "$(sed -E 's/\|[0-9]*\|/=/' <<<"$counted")" | sha256sum | cut -c 1-64)"`;
  return [
    bash`counted=$(${countedByHand(cluster, tables, contents)})`,
    bash`cut -d '|' -f 1,2 <<<"$counted"`,
    ...(contents ? [bash`printf 'digest|%s\n' ${digest}`] : []),
  ];
}
