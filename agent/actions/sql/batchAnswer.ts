import { Failure } from "../../../domain/failure.ts";
import type { Answered } from "../postgres/oneStatement.ts";
import { textOf } from "../postgres/oneStatement.ts";

/** What one batch did: rows that were tried are both together. */
export interface BatchDone {
  readonly done: number;
  readonly failed: number;
}

/**
 * Reads what the statement of a batch answered. Throws `argumentsInvalid` for a command that is no batch, and for an answer
 * without a count: a batch that does not say how many rows it did could never be told from one that did none.
 */
export function readBatchAnswer({ command, rowCount, columns, rows }: Answered): BatchDone {
  if (command === "UPDATE" || command === "INSERT") return { done: rowCount, failed: 0 };
  if (command !== "SELECT") {
    const message = `A batch is a SELECT of a function, an INSERT or an UPDATE, not ${command || "nothing"}. Nothing of it stays.`;
    throw new Failure("argumentsInvalid", message);
  }
  const [row, ...others] = rows;
  const single = columns.length === 1 ? 0 : -1;
  const done = countIn(row, columns.includes("done") ? columns.indexOf("done") : single);
  const failed = columns.includes("failed") ? countIn(row, columns.indexOf("failed")) : 0;
  if (others.length === 0 && done !== undefined && failed !== undefined) return { done, failed };
  throw new Failure(
    "argumentsInvalid",
    `The statement must answer one row with the count "done" (and, if it has it, "failed"); it answered ${rows.length} rows of ${columns.join(", ")}. Nothing of it stays.`,
  );
}

/** A whole number that is not negative; undefined for anything else. */
function countIn(row: readonly unknown[] | undefined, index: number): number | undefined {
  const text = textOf(row?.[index]);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
