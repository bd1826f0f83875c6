import { Buffer } from "node:buffer";
import { Failure } from "../../../domain/failure.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Reading } from "../../tools/sqlite3.ts";
import { askDatabase } from "./ask.ts";

/** Most problems that SQLite is asked to list: one damaged page can make thousands. */
const MOST_PROBLEMS = 100;

/** Every page, every index against its table. One row that says `ok`, or the problems. */
export const INTEGRITY_SQL = `select 'integrity' as kind, integrity_check as name, 0 as n from pragma_integrity_check(${MOST_PROBLEMS})`;

/**
 * What is wrong with a database file; empty for a sound one. That a file can't be read as a database at all is a problem too and
 * not a failure: it is the answer to the question. What keeps us from asking (a lock, a missing right) is a failure.
 */
export async function problemsOf(path: string, reading: Reading, context: ActionContext): Promise<readonly string[]> {
  try {
    const figures = await askDatabase(path, [INTEGRITY_SQL], reading, context);
    const said = figures.map(({ name }) => toSafeText(Buffer.from(name ?? "")).slice(0, 400));
    return said.length === 1 && said[0] === "ok" ? [] : said;
  } catch (error) {
    if (error instanceof Failure && error.code === "databaseDamaged") return [error.message.slice(0, 400)];
    throw error;
  }
}
