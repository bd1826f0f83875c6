import type pg from "pg";
import { Failure } from "../../../domain/failure.ts";

/**
 * A query by the extended protocol, which takes no second statement: the simple one would let `rollback; delete …` out of a
 * read-only transaction. pg chooses the simple one for every query without values, unless it is told.
 */
export const oneStatement = (
  text: string,
  values: unknown[] = [],
): pg.QueryArrayConfig & { queryMode: "extended" } => ({ text, values, rowMode: "array", queryMode: "extended" });

/** What one statement answered. */
export interface Answered {
  /** First word of its command tag, such as SELECT. */
  readonly command: string;
  /** Rows that it changed or gave. */
  readonly rowCount: number;
  readonly columns: readonly string[];
  /** Values as pg reads them: whole numbers beyond 32 bits and exact ones are text. */
  readonly rows: readonly (readonly unknown[])[];
}

/** SQLSTATEs of a statement that can't be one at all: more than one, and other values than it has places for. */
const SEVERAL_OR_WRONG = { "42601": /multiple commands/, "08P01": /bind message supplies/ } as const;

/**
 * Runs one statement. Throws `argumentsInvalid`, with nothing done, for two where one is expected, and where it has other places
 * (`$1`) than there are values; PostgreSQL's own error for everything else.
 */
export async function runOne(client: pg.Client, text: string, values: unknown[] = []): Promise<Answered> {
  try {
    const { command, rowCount, fields, rows } = await client.query<unknown[]>(oneStatement(text, values));
    return { command, rowCount: rowCount ?? 0, columns: fields.map(({ name }) => name), rows };
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    for (const [state, words] of Object.entries(SEVERAL_OR_WRONG)) {
      if (sqlStateOf(error) !== state || !words.test(said)) continue;
      const why =
        state === "42601" ? "There are two statements where one is expected" : `Its values don't fit (${said})`;
      throw new Failure("argumentsInvalid", `${why}; nothing was run: ${text.slice(0, 400)}`, { cause: error });
    }
    throw error;
  }
}

/** PostgreSQL's code of an error; undefined for anything else that was thrown. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** A value of an answer as text; null for none. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString("hex");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * The one whole number that a query gives, asked where nothing can be written. Throws `argumentsInvalid`, naming the query by
 * `what`, for any other answer.
 */
export async function readNumber(
  client: pg.Client,
  what: string,
  sql: string,
  values: unknown[] = [],
): Promise<number> {
  await client.query("begin read only");
  try {
    const { rows, columns } = await runOne(client, sql, values);
    const text = rows.length === 1 && columns.length === 1 ? textOf(rows[0]?.[0]) : null;
    const number = text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    if (number !== undefined) return number;
    throw new Failure(
      "argumentsInvalid",
      `"${what}" must give one row with one whole number; it gave ${text ?? "another"}.`,
    );
  } finally {
    await client.query("rollback");
  }
}
