import { RunId } from "../../../domain/ids.ts";
import type { Head } from "../../../domain/run/chain.ts";
import { EMPTY_HEAD } from "../../../domain/run/chain.ts";
import { readEvents } from "../eventLog.ts";
import type { Queryable } from "../queryable.ts";

/** Events that are read at a time: a log of any length is checked in little memory. */
const AT_ONCE = 2_000;

/** What became of checking every log: how many runs and events there are, and which are not as they were written. */
export interface LogsChecked {
  readonly runs: number;
  readonly events: number;
  readonly damaged: readonly { readonly runId: RunId; readonly why: string }[];
}

/** Checks the hash chain of every run from its first event to the head that its row names. */
export async function checkLogs(db: Queryable): Promise<LogsChecked> {
  const { rows } = await db.query<{ id: string; head_seq: number; head_hash: string }>(
    "select id, head_seq, head_hash from run order by created_at",
  );
  let events = 0;
  const damaged: { runId: RunId; why: string }[] = [];
  for (const row of rows) {
    const runId = RunId.parse(row.id);
    try {
      const head = await endOfLog(db, runId);
      events += head.seq;
      if (head.seq !== row.head_seq || head.hash !== row.head_hash) {
        damaged.push({ runId, why: `its log ends with event ${head.seq}, and ${row.head_seq} is on record` });
      }
    } catch (error) {
      damaged.push({ runId, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { runs: rows.length, events, damaged };
}

async function endOfLog(db: Queryable, runId: RunId): Promise<Head> {
  for (let head: Head = EMPTY_HEAD; ; ) {
    const last = (await readEvents(db, runId, head, AT_ONCE)).at(-1);
    if (last === undefined) return head;
    head = { seq: last.seq, hash: last.hash };
  }
}
