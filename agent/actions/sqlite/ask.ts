import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Figure, Reading } from "../../tools/sqlite3.ts";
import { parseFigures, quotedName, quotedText, sqliteAskCall } from "../../tools/sqlite3.ts";
import type { ToolCall } from "../../tools/toolCall.ts";

/** Most of an answer that is read (bytes): a hundred problems and a figure for each of some hundred tables. */
const ANSWER_BYTES = 4 * 2 ** 20;

/** Asks a database and reads the rows of the answers. Throws as the shell's exit table says (agent/tools/sqlite3.ts). */
export async function askDatabase(
  path: string,
  statements: readonly string[],
  reading: Reading,
  context: ActionContext,
): Promise<readonly Figure[]> {
  const call = sqliteAskCall(path, statements, reading);
  const { stdout, isStdoutCut } = await runSqlite(call, path, context);
  if (isStdoutCut) throw new Failure("outputUnreadable", `sqlite3 has more to say of ${path} than can be read.`);
  return parseFigures(stdout.toString());
}

/** Runs the shell on a database, with nothing shown. A transaction that nobody will finish is told in words. */
export async function runSqlite(call: ToolCall, path: string, context: ActionContext) {
  try {
    return await context.program({ ...call, stdout: { to: "callbacks" }, captureBytes: ANSWER_BYTES });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "sourceNotAtRest") throw error;
    throw new Failure(
      "sourceNotAtRest",
      `A program was ended in the middle of a transaction: ${path}-journal has to be rolled back. Start its service once, then stop it.`,
      { cause: error },
    );
  }
}

/** The tables that people made, by name. */
export async function tablesIn(path: string, reading: Reading, context: ActionContext): Promise<readonly string[]> {
  const figures = await askDatabase(path, [TABLES_SQL], reading, context);
  return figures.flatMap(({ name }) => (name === null ? [] : [name]));
}

/** Views are left out: what they select is the file's own word, and counting them runs it. */
const TABLES_SQL =
  "select 'table' as kind, name, 0 as n from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'";

/** Rows of a table. */
export const rowsSql = (table: string) =>
  `select 'rows' as kind, ${quotedText(table)} as name, count(*) as n from ${quotedName(table)}`;

/** Tables that are wanted and not there. SQLite's names don't tell the cases of A to Z apart. */
function missingTables(wanted: readonly string[], there: readonly string[]): readonly string[] {
  const folded = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const known = new Set(there.map(folded));
  return [...new Set(wanted)].filter((name) => !known.has(folded(name)));
}

/** Throws `expectationFailed`, naming every table that is not there. */
export function requireTables(wanted: readonly string[], there: readonly string[], path: string): void {
  const missing = missingTables(wanted, there);
  if (missing.length === 0) return;
  throw new Failure("expectationFailed", `${path} has no table ${missing.join(", ")}. It has ${there.length} tables.`);
}
