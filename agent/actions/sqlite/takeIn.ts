import type { ActionContext } from "../../process/actionContext.ts";
import { sqliteTakeInCall } from "../../tools/sqlite3.ts";
import { runSqlite } from "./ask.ts";
import type { Copied } from "./copyDurably.ts";
import { copyDurably } from "./copyDurably.ts";
import { pendingOf, statDatabase } from "./databaseFile.ts";

/**
 * Makes one file of a backup: its bytes, and what a log or journal beside it holds (a state that `sqlite.restore` kept may have
 * one). Answers with the SHA-256 of the backup as it lies there. It is left as it is.
 */
export async function takeIn(from: string, to: string, context: ActionContext): Promise<Copied> {
  await statDatabase(from);
  const pending = await pendingOf(from);
  const copied = await copyDurably(from, to, context);
  for (const { ending } of pending) await copyDurably(`${from}${ending}`, `${to}${ending}`, context);
  if (pending.length > 0) await runSqlite(sqliteTakeInCall(to), to, context);
  return copied;
}
