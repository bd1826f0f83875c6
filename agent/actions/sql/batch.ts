import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { z } from "zod";
import { sqlBatch } from "../../../domain/action/sql.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Action } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import { readNumber, runOne } from "../postgres/oneStatement.ts";
import { allowBatch } from "./allowBatch.ts";
import { batchSessions, becomeBatch } from "./application.ts";
import type { BatchDone } from "./batchAnswer.ts";
import { readBatchAnswer } from "./batchAnswer.ts";
import type { Blocked } from "./blockers.ts";
import { watchingBlockers } from "./blockers.ts";
import { inTransaction } from "./lockRetry.ts";
import { nextBatch, targetOf } from "./nextBatch.ts";

type Args = z.output<typeof sqlBatch.args>;
type Result = z.output<typeof sqlBatch.result>;

/** After so many batches one after another that did no row, those that remain are not done by more of the same. */
const FRUITLESS_BATCHES = 3;

/** `sql.batch`. */
export const sqlBatchAction: Action<typeof sqlBatch.args, typeof sqlBatch.result> = {
  spec: sqlBatch,
  plan: ({ statement, total, remaining, batchRows, untilRows, untilPercent, lockWaitMs, pauseMs, first }) => [
    { kind: "note", text: `in a read-only transaction: ${total}` },
    { kind: "note", text: `in a read-only transaction: ${remaining}` },
    {
      kind: "note",
      text: `until ${untilPercent} % are done${untilRows === 0 ? "" : `, or ${untilRows} rows`}, each in a transaction with lock_timeout ${lockWaitMs} ms: ${statement}`,
    },
    {
      kind: "note",
      text: `with $1 = ${batchRows} rows at most${first.length === 0 ? "" : ` and $2 = {${first.join(",")}}`}, and ${pauseMs} ms between two`,
    },
  ],
  run: (args, context) =>
    withClient(args.cluster, async (client) => {
      const pid = await becomeBatch(client, args.label);
      return watchingBlockers(args.cluster, pid, context, (blocked) => rollOut(client, blocked, args, context));
    }),
  inspect: ({ cluster, total, remaining }) =>
    withClient(cluster, async (client) => {
      const all = await readNumber(client, "total", total);
      const done = all - (await readNumber(client, "remaining", remaining));
      return done === 0 ? { state: "notBegun" } : { state: "halfWay", found: `${done} of ${all} rows are done.` };
    }),
  left: ({ cluster, label }) =>
    withClient(cluster, async (client) =>
      (await batchSessions(client, label)).map(({ pid, state }) => ({
        kind: "process" as const,
        what: `PostgreSQL's session ${pid}, a batch (${state})`,
        cleanUp: `Order sql.cancel, or in psql: select pg_terminate_backend(${pid})`,
      })),
    ),
};

/** Where a roll-out stands. */
interface Tally {
  total: number;
  readonly doneBefore: number;
  /** Of all rows, as far as our own batches tell. */
  done: number;
  succeeded: number;
  failed: number;
  failedBefore: number;
  batches: number;
  retries: number;
  fruitless: number;
}

async function rollOut(client: pg.Client, blocked: () => Blocked, args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const before = await measure(client, args);
  const tally: Tally = {
    ...before,
    doneBefore: before.done,
    succeeded: 0,
    failed: 0,
    failedBefore: 0,
    batches: 0,
    retries: 0,
    fruitless: 0,
  };
  context.log(`${before.done} of ${before.total} rows are done; the goal is ${targetOf(args, before.total)}.`);
  for (;;) {
    const next = nextBatch(args, tally);
    tell(tally, args, beganMs, context);
    if (next.kind === "stop") return describe(client, { tally, blocked, beganMs, by: next.by }, args, context);
    await allowBatch(next.rows, context);
    count(tally, await oneBatch(client, next.rows, { tally, blocked }, args, context));
    assertFewFailed(tally, args);
    if (tally.fruitless > 0) await lookAgain(client, tally, args, context);
    if (args.pauseMs > 0) await pause(args.pauseMs, context);
  }
}

async function measure(client: pg.Client, { total, remaining }: Args): Promise<{ total: number; done: number }> {
  const all = await readNumber(client, "total", total);
  const left = await readNumber(client, "remaining", remaining);
  if (left > all)
    throw new Failure("argumentsInvalid", `"remaining" gives ${left} rows, more than the ${all} of "total".`);
  return { total: all, done: all - left };
}

function oneBatch(
  client: pg.Client,
  rows: number,
  { tally, blocked }: { readonly tally: Tally; readonly blocked: () => Blocked },
  { statement, first, lockWaitMs, lockTries, batchTimeoutMs }: Args,
  context: ActionContext,
): Promise<BatchDone> {
  const retried = () => {
    tally.retries += 1;
  };
  const values: unknown[] = first.length === 0 ? [rows] : [rows, first];
  const trying = { lockWaitMs, lockTries, timeoutMs: batchTimeoutMs };
  return inTransaction(client, trying, context, { blocked, retried }, async () =>
    readBatchAnswer(await runOne(client, statement, values)),
  );
}

function count(tally: Tally, { done, failed }: BatchDone): void {
  tally.batches += 1;
  tally.succeeded += done;
  tally.done += done;
  tally.failed += failed;
  tally.failedBefore = failed;
  tally.fruitless = done > 0 ? 0 : tally.fruitless + 1;
}

const failedPercentOf = ({ succeeded, failed }: Tally) =>
  succeeded + failed === 0 ? 0 : (failed * 100) / (succeeded + failed);

function assertFewFailed(tally: Tally, { maxFailedPercent }: Args): void {
  const share = failedPercentOf(tally);
  if (share <= maxFailedPercent) return;
  throw new Failure(
    "expectationFailed",
    `${tally.failed} of ${tally.succeeded + tally.failed} rows failed: ${share.toFixed(2)} %, and at most ${maxFailedPercent} % may. Stopped after ${tally.batches} batches; ${tally.succeeded} rows are done and stay.`,
  );
}

/** A batch that did nothing: others may have done the rest, hold it locked, or it can't be done. */
async function lookAgain(client: pg.Client, tally: Tally, args: Args, context: ActionContext): Promise<void> {
  const { total, done } = await measure(client, args);
  tally.total = total;
  tally.done = done;
  if (nextBatch(args, tally).kind === "stop") return;
  const left = total - done;
  if (tally.fruitless >= FRUITLESS_BATCHES) {
    const message = `${left} rows remain, and ${tally.fruitless} batches one after another did none of them: they fail or are locked. ${tally.succeeded} rows are done and stay.`;
    throw new Failure("expectationFailed", message);
  }
  context.log(`This batch did no row, and ${left} remain. It is tried again.`);
  await pause(args.lockWaitMs, context);
}

async function pause(ms: number, { signal }: ActionContext): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

function tell(tally: Tally, args: Args, beganMs: number, context: ActionContext): void {
  const total = targetOf(args, tally.total);
  const done = Math.min(tally.done, total);
  const perSecond = rateOf(tally, beganMs);
  context.progress({
    done,
    total,
    unit: "rows",
    ...(perSecond > 0 ? { ratePerSecond: perSecond, etaMs: ((total - done) / perSecond) * 1000 } : {}),
    item: `batch ${tally.batches}${tally.failed === 0 ? "" : `, ${tally.failed} rows failed`}`,
  });
}

const rateOf = ({ succeeded }: Tally, beganMs: number) => (succeeded * 1000) / Math.max(1, performance.now() - beganMs);

async function describe(
  client: pg.Client,
  how: {
    readonly tally: Tally;
    readonly blocked: () => Blocked;
    readonly beganMs: number;
    readonly by: Result["stopped_by"];
  },
  args: Args,
  context: ActionContext,
): Promise<Result> {
  const { tally, by, beganMs } = how;
  const after = await measure(client, args);
  const firstDone = args.firstDone === "" ? 0 : await readNumber(client, "firstDone", args.firstDone, [args.first]);
  const { ms, by: blockers } = how.blocked();
  context.log(`${tally.batches} batches: ${tally.succeeded} rows done, ${tally.failed} failed, ${ms} ms blocked.`);
  return {
    total_count: after.total,
    done_before_count: tally.doneBefore,
    done_count: after.done,
    remaining_count: after.total - after.done,
    done_percent: after.total === 0 ? 100 : (after.done * 100) / after.total,
    tried_count: tally.succeeded + tally.failed,
    succeeded_count: tally.succeeded,
    failed_count: tally.failed,
    failed_percent: failedPercentOf(tally),
    batches_count: tally.batches,
    first_count: args.first.length,
    first_done_count: firstDone,
    stopped_by: by,
    retries_count: tally.retries,
    blocked_ms: ms,
    blocked_by: [...blockers],
    rows_per_second: rateOf(tally, beganMs),
    duration_ms: Math.round(performance.now() - beganMs),
  };
}
