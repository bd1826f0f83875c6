import { pathToFileURL } from "node:url";
import { z } from "zod";
import { Failure } from "../../domain/failure.ts";
import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** The shell ends with SQLite's own result code (https://sqlite.org/rescode.html), or with 1 where it could not even open. */
const failureOf = failureBy(
  {
    5: "timedOut",
    6: "timedOut",
    7: "outOfMemory",
    8: "sourceNotAtRest",
    10: "ioError",
    11: "databaseDamaged",
    13: "diskFull",
    14: "deviceMissing",
    26: "databaseDamaged",
  },
  [
    { says: /database or disk is full/, means: "diskFull" },
    { says: /disk image is malformed|file is not a database|malformed database schema/, means: "databaseDamaged" },
    { says: /database is locked|database table is locked/, means: "timedOut" },
    // A program was ended in the middle of a transaction: only who may write can roll it back.
    { says: /attempt to write a readonly database/, means: "sourceNotAtRest" },
    { says: /unable to open database/, means: "deviceMissing" },
    { says: /no such (?:table|column)/, means: "expectationFailed" },
  ],
);

/**
 * `-init /dev/null`: without it the shell obeys ~/.sqliterc. The wait for a locked database is set by the shell's own command,
 * which prints nothing.
 */
function shell(options: readonly string[], busyMs: number, address: string, commands: readonly string[]): ToolCall {
  const args = ["-batch", "-bail", "-init", "/dev/null", ...options, "-cmd", `.timeout ${busyMs}`, address];
  return { file: "sqlite3", args: [...args, ...commands], debianPackage: "sqlite3", failureOf };
}

/** A file as an address: what is special in one (`?`, `#`, `%`) can stand in a path. */
const addressOf = (path: string, query: string) => `${pathToFileURL(path).href}?${query}`;

/** How a database may be read. */
export interface Reading {
  /** Nobody can write it meanwhile, and it has no write-ahead log: no lock is taken and no file is made beside it. */
  readonly isStill: boolean;
  /** How long a lock of somebody else is waited for (ms). */
  readonly busyMs: number;
}

/**
 * Asks a database in one moment (one transaction, read only); each statement answers rows of the shape that `parseFigures` reads.
 * Safe mode, since views and triggers of a file of somebody else's must not reach functions of the shell that touch other files.
 */
export function sqliteAskCall(path: string, statements: readonly string[], { isStill, busyMs }: Reading): ToolCall {
  const address = addressOf(path, isStill ? "mode=ro&immutable=1" : "mode=ro");
  return shell(["-safe", "-json"], busyMs, address, ["begin", ...statements, "commit"]);
}

/**
 * Copies a database page by page into a new file. The transaction is begun before: a copy without it begins anew whenever another
 * process writes, and of a busy database that has no end.
 */
export function sqliteBackupCall(path: string, to: string, busyMs: number): ToolCall {
  const commands = ["begin", "select 1 from sqlite_schema limit 1", `.backup main ${shellWord(to)}`, "commit"];
  return shell([], busyMs, addressOf(path, "mode=ro"), commands);
}

/** Opens a file of ours with its log or journal beside it, so that SQLite takes in what they hold, and removes them. */
export function sqliteTakeInCall(path: string): ToolCall {
  return shell([], 0, addressOf(path, "mode=rw"), ["pragma wal_checkpoint(truncate)", "select 1 from sqlite_schema"]);
}

/** A name in SQL. Unlike a bare one it can be any text, and can't be more than a name. */
export const quotedName = (name: string) => `"${name.replaceAll('"', '""')}"`;
/** A text in SQL. */
export const quotedText = (text: string) => `'${text.replaceAll("'", "''")}'`;
/** A word in a command of the shell (those that begin with a dot). Between double quotes it knows backslashes. */
export const shellWord = (text: string) => `"${text.replaceAll(/[\\"]/g, "\\$&")}"`;

const Figure = z.object({
  kind: z.string(),
  name: z.string().nullable(),
  n: z.int().min(0),
  text: z.string().nullish(),
});
/** One row of an answer: what it is about, whose it is, a number, and sometimes a text. */
export type Figure = z.infer<typeof Figure>;

/**
 * Reads the rows that the shell prints as JSON: one list for each statement that has rows, one line for each row. A newline in a
 * text is escaped there, so that a line is never a part of a row. Throws `outputUnreadable` for anything else.
 */
export function parseFigures(output: string): readonly Figure[] {
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      try {
        return Figure.parse(JSON.parse(line.replace(/^\[(?=\{)/, "").replace(/[,\]]$/, "")));
      } catch (cause) {
        throw new Failure("outputUnreadable", "What sqlite3 printed is not what it is known to print.", { cause });
      }
    });
}
