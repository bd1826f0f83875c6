import { RunId } from "../../domain/ids.ts";
import { decide } from "../../domain/run/decide.ts";
import type { RunStage } from "../../domain/run/stages.ts";
import { Instant } from "../../domain/time.ts";
import { compileStored } from "../db/compileText.ts";
import { appendIn } from "../db/eventLog.ts";
import type { Queryable } from "../db/queryable.ts";
import { createRunReader } from "../db/runReader.ts";
import { effectsOf } from "./effects.ts";

/** A run that had not ended when its backup was taken, and what becomes of it. `unread`: its log or runbook can't be used here. */
export interface RestoredRun {
  readonly runId: RunId;
  readonly stage: RunStage | "unread";
  /** A host carries it on by itself; the server writes nothing of its own. */
  readonly isTakenOver: boolean;
}

/**
 * Puts on the log of every run that has not ended that it comes from a backup, before any engine drives it: it is held where it was under
 * way (domain/run/reports/hearRestored.ts). Orders of people that were not carried out then are refused now: they were meant for the
 * situation of that moment. In the transaction that puts the rows back.
 */
export async function markRestored(db: Queryable, takenAt: Instant, now: number): Promise<readonly RestoredRun[]> {
  await db.query(
    `update run_input set answered_at = clock_timestamp(), answer = $1 where answered_at is null and kind = 'order'`,
    [
      {
        accepted: false,
        because: "restored",
        detail: "The record was put back from a backup before this was carried out.",
      },
    ],
  );
  await db.query("update run set lease_owner = null, leased_until = null");
  const { rows } = await db.query<{ id: string; lease_fence: string }>(
    "select id, lease_fence from run where stage <> 'ended' order by created_at",
  );
  const reader = createRunReader(db, compileStored);
  const marked: RestoredRun[] = [];
  for (const row of rows) {
    const runId = RunId.parse(row.id);
    // One that can't be read is driven by no engine either: it is said, and the rest of the house comes back.
    const run = await reader.read(runId).catch(() => undefined);
    if (run === undefined) {
      marked.push({ runId, stage: "unread", isTakenOver: false });
      continue;
    }
    const at = Instant.parse(Math.max(now, run.state.lastEventAt));
    const { events, state } = decide(run.plan, run.state, { report: { report: "runRestored", takenAt } }, at);
    const head = await appendIn(db, {
      ...{ runId, after: run.head, fence: BigInt(row.lease_fence), events, at, stage: state.stage },
      ...(state.outcome === undefined ? {} : { outcome: state.outcome }),
      effects: effectsOf(events, []).rows,
    });
    if (head === "stale") throw new Error(`run ${runId} was written to while it was put back`);
    marked.push({ runId, stage: state.stage, isTakenOver: state.takenOver !== undefined });
  }
  return marked;
}
