import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { z } from "zod";
import { trafficStop } from "../../../domain/action/traffic.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Action } from "../action.ts";
import { noteOf } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import { keepConnectionLimit } from "../postgres/kept.ts";
import { foreignSessions } from "../postgres/sessions.ts";
import { closeSql } from "./closing.ts";
import { closedByHand, emptiedByHand } from "./closingByHand.ts";
import { isSwitchedOn, switchOn, switchOnByHand } from "./maintenanceSwitch.ts";

type Args = z.output<typeof trafficStop.args>;
type Result = z.output<typeof trafficStop.result>;

/** How long an ended session may take to be gone (ms). */
const GONE_WITHIN_MS = 10_000;

/** `traffic.stop`: the page first, so that users see why; then the door; then those inside are asked to leave, and at last ended. */
export const trafficStopAction: Action<typeof trafficStop.args, typeof trafficStop.result> = {
  spec: trafficStop,
  plan: ({ cluster, switchFile, closeBy, graceMs, allowApplications }) => [
    ...(switchFile === "" ? [] : [noteOf(`make ${switchFile}`, switchOnByHand(switchFile))]),
    ...(closeBy === "none" ? [] : [noteOf(closeSql(cluster.database, closeBy), closedByHand(cluster, closeBy))]),
    noteOf(
      `wait ${graceMs} ms for sessions to end, then pg_terminate_backend for each that is left`,
      emptiedByHand(cluster, graceMs, allowApplications),
    ),
  ],
  run: stop,
  inspect: async ({ switchFile }) =>
    switchFile !== "" && (await isSwitchedOn(switchFile))
      ? { state: "halfWay", found: "The maintenance page is on." }
      : { state: "notBegun" },
};

async function stop(args: Args, context: ActionContext): Promise<Result> {
  const { cluster, closeBy, graceMs, allowApplications } = args;
  const switched = await switchOn(args.switchFile);
  // Over the maintenance database: with ALLOW_CONNECTIONS off nobody, not even we, could come back in.
  return withClient(
    cluster,
    async (client) => {
      const before = await foreignSessions(client, allowApplications, cluster.database);
      if (closeBy !== "none") {
        const { rows } = await client.query<{ limit: number }>(
          "select datconnlimit as limit from pg_database where datname = $1",
          [cluster.database],
        );
        const connectionLimit = rows[0]?.limit ?? -1;
        context.recordUndo({ kind: "databaseClosed", facts: { database: cluster.database, connectionLimit } });
        if (closeBy === "connectionLimit") await keepConnectionLimit(cluster, connectionLimit);
        await client.query(closeSql(cluster.database, closeBy));
      }
      const isLeft = async () => (await foreignSessions(client, allowApplications, cluster.database)).length > 0;
      await until(async () => !(await isLeft()), graceMs, context.signal);
      const terminated = await terminate(client, args, context);
      await until(async () => !(await isLeft()), GONE_WITHIN_MS, context.signal);
      const left = await foreignSessions(client, allowApplications, cluster.database);
      if (left.length > 0) {
        const who = left.map((session) => `${session.user} (${session.application || session.pid})`).join(", ");
        throw new Failure("writersStillActive", `${left.length} sessions are still there: ${who}.`);
      }
      return {
        switched,
        closed_by: closeBy,
        sessions_before_count: before.length,
        terminated_count: terminated,
        sessions_left_count: 0,
        stopped_at: context.now(),
      };
    },
    "postgres",
  );
}

async function terminate(
  client: pg.Client,
  { cluster, allowApplications }: Args,
  context: ActionContext,
): Promise<number> {
  const left = await foreignSessions(client, allowApplications, cluster.database);
  for (const session of left) {
    context.log(`Ending session ${session.pid} of ${session.user}, ${session.application}, ${session.state}.`);
    await client.query("select pg_terminate_backend($1)", [session.pid]);
  }
  return left.length;
}

/** Asks every 200 ms until it holds or the time is over. */
async function until(holds: () => Promise<boolean>, withinMs: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds()) && performance.now() < end) await sleep(200, undefined, { signal });
}
