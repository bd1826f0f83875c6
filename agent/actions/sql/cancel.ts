import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { z } from "zod";
import type { SessionSeen } from "../../../domain/action/postgresTarget.ts";
import { sqlCancel } from "../../../domain/action/sql.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Action } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import { batchApplication, batchSessions } from "./application.ts";

type Args = z.output<typeof sqlCancel.args>;

/** How long an ended session may take to be gone (ms). */
const GONE_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** `sql.cancel`. Safe to repeat: where nothing runs, nothing is done. */
export const sqlCancelAction: Action<typeof sqlCancel.args, typeof sqlCancel.result> = {
  spec: sqlCancel,
  plan: ({ label, graceMs }) => [
    { kind: "note", text: `pg_cancel_backend for each session named ${batchApplication(label)} that works` },
    { kind: "note", text: `pg_terminate_backend for those that rest, and for who is still there after ${graceMs} ms` },
    { kind: "note", text: "look until none is there" },
  ],
  run: (args, context) => withClient(args.cluster, (client) => cancelAll(client, args, context)),
  inspect: () => Promise.resolve({ state: "notBegun" }),
};

async function cancelAll(
  client: pg.Client,
  { label, graceMs }: Args,
  context: ActionContext,
): Promise<z.output<typeof sqlCancel.result>> {
  const beganMs = performance.now();
  const sessions = await batchSessions(client, label);
  // One that rests between two batches hears no cancel, and would begin the next.
  const [working, resting] = [sessions.filter(isWorking), sessions.filter((session) => !isWorking(session))];
  for (const { pid, application } of working) {
    context.log(`Cancelling what session ${pid} (${application}) does.`);
    await client.query("select pg_cancel_backend($1)", [pid]);
  }
  for (const session of resting) await terminate(client, session, context);
  const staying = await goneWithin(client, label, graceMs, context);
  for (const session of staying) await terminate(client, session, context);
  const left = await goneWithin(client, label, staying.length === 0 ? 0 : GONE_WITHIN_MS, context);
  if (left.length > 0) {
    const who = left.map(({ pid, state }) => `${pid} (${state})`).join(", ");
    throw new Failure("writersStillActive", `Batches are still there: session ${who}.`);
  }
  return {
    sessions: [...sessions],
    sessions_count: sessions.length,
    cancelled_count: working.length,
    terminated_count: new Set([...resting, ...staying].map(({ pid }) => pid)).size,
    left_count: 0,
    duration_ms: Math.round(performance.now() - beganMs),
  };
}

const isWorking = ({ state }: SessionSeen) => state === "active";

async function terminate(client: pg.Client, { pid, state }: SessionSeen, context: ActionContext): Promise<void> {
  context.log(`Ending session ${pid} (${state}).`);
  await client.query("select pg_terminate_backend($1)", [pid]);
}

/** Looks until no batch is there or the time is over; who is there then. */
async function goneWithin(
  client: pg.Client,
  label: string,
  withinMs: number,
  { signal }: ActionContext,
): Promise<readonly SessionSeen[]> {
  const until = performance.now() + withinMs;
  for (;;) {
    const there = await batchSessions(client, label);
    if (there.length === 0 || performance.now() >= until) return there;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}
