import type { z } from "zod";
import { sqliteIntegrity } from "../../../domain/action/sqlite.ts";
import type { Lookup, Reference } from "../../../domain/action/sqliteNames.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Figure } from "../../tools/sqlite3.ts";
import { quotedName, quotedText, sqliteAskCall } from "../../tools/sqlite3.ts";
import { observing } from "../observing.ts";
import { askDatabase, requireTables, rowsSql, tablesIn } from "./ask.ts";
import { statDatabase } from "./databaseFile.ts";
import { INTEGRITY_SQL, problemsOf } from "./soundness.ts";

type Args = z.output<typeof sqliteIntegrity.args>;
type Result = z.output<typeof sqliteIntegrity.result>;

/** Declared foreign keys that are violated, by pair of tables: a list of all rows could be as long as the table. */
const VIOLATIONS_SQL = `select 'violation' as kind, "table" || ' -> ' || parent as name, count(*) as n from pragma_foreign_key_check group by 2`;

/**
 * Rows whose column has a value that no parent has. Names stand behind their table's, since SQLite takes a quoted name that it
 * doesn't know for a text. A join, since it may make itself an index for that and a subquery for each row would not.
 */
const orphansSql = ({ child, column, parent, key }: Reference) =>
  `select 'orphans' as kind, ${quotedText(`${child}.${column}`)} as name, count(*) as n from ${quotedName(child)} c left join ${quotedName(parent)} p on p.${quotedName(key)} = c.${quotedName(column)} where c.${quotedName(column)} is not null and p.${quotedName(key)} is null`;

/** One value and how many rows have it. */
const lookupSql = ({ label, table, column, where, equals }: Lookup) =>
  `select 'value' as kind, ${quotedText(label)} as name, count(*) as n, min(cast(t.${quotedName(column)} as text)) as text from ${quotedName(table)} t where t.${quotedName(where)} = ${quotedText(equals)}`;

/** `sqlite.integrity`: the file first; figures of a damaged one would mean nothing and are not taken. */
export const sqliteIntegrityAction = observing(sqliteIntegrity, {
  plan: (args) => [
    { kind: "program", ...sqliteAskCall(args.path, [INTEGRITY_SQL], readingOf(args)) },
    { kind: "note", text: "list its tables; and, if all that are named are there:" },
    { kind: "program", ...sqliteAskCall(args.path, figuresSql(args), readingOf(args)) },
  ],
  run: check,
});

const readingOf = ({ busyMs }: Args) => ({ isStill: false, busyMs });

function figuresSql({ tables, references, values }: Args): readonly string[] {
  return [VIOLATIONS_SQL, ...tables.map(rowsSql), ...references.map(orphansSql), ...values.map(lookupSql)];
}

async function check(args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const { path, tables, references, values } = args;
  const { size } = await statDatabase(path);
  const problems = await problemsOf(path, readingOf(args), context);
  const isSound = problems.length === 0;
  const there = isSound ? await tablesIn(path, readingOf(args), context) : [];
  if (isSound) {
    const named = [...tables, ...references.flatMap(({ child, parent }) => [child, parent])];
    requireTables([...named, ...values.map(({ table }) => table)], there, path);
  }
  const figures = isSound ? await askDatabase(path, figuresSql(args), readingOf(args), context) : [];
  const violations = byName(figures, "violation");
  const orphans = byName(figures, "orphans");
  const violationsCount = sumOf(violations);
  const orphansCount = sumOf(orphans);
  return {
    ok: isSound && there.length > 0 && violationsCount === 0 && orphansCount === 0,
    is_sound: isSound,
    problems: [...problems],
    problems_count: problems.length,
    tables_count: there.length,
    rows: byName(figures, "rows"),
    violations,
    violations_count: violationsCount,
    orphans,
    orphans_count: orphansCount,
    values: valuesIn(figures, path),
    size_bytes: size,
    checked_at: context.now(),
    duration_ms: Math.round(performance.now() - beganMs),
  };
}

/** The numbers of one kind of figure, by name. */
export function byName(figures: readonly Figure[], kind: string): Record<string, number> {
  return Object.fromEntries(
    figures.filter((figure) => figure.kind === kind).map(({ name, n }) => [(name ?? "").slice(0, 500), n]),
  );
}

const sumOf = (numbers: Readonly<Record<string, number>>) => Object.values(numbers).reduce((sum, n) => sum + n, 0);

function valuesIn(figures: readonly Figure[], path: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { kind, name, n, text } of figures) {
    if (kind !== "value" || name === null) continue;
    if (n > 1) throw new Failure("expectationFailed", `The value ${name} stands in ${n} rows of ${path}, not in one.`);
    if (typeof text === "string") values[name] = text.slice(0, 4000);
  }
  return values;
}
