import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { z } from "zod";
import { trafficProve } from "../../../domain/action/traffic.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";
import { withClient } from "../postgres/connect.ts";
import { foreignSessions } from "../postgres/sessions.ts";
import { asked } from "../postgres/sqlByHand.ts";
import { askForeign, foreignByHand } from "./foreignByHand.ts";

type Args = z.output<typeof trafficProve.args>;
type Result = z.output<typeof trafficProve.result>;

/**
 * How many quiet times are tried. The server itself writes a little after the last client has gone (a checkpoint, one record of running
 * transactions some seconds later): that is not a writer, and it ends.
 */
const TRIES = 4;

/** `traffic.prove`: a whole quiet time in which the WAL position does not move and nobody foreign is connected. */
export const trafficProveAction = observing(trafficProve, {
  plan: (args) => [
    noteOf(`compare pg_current_wal_lsn() over ${args.quietMs} ms, and list foreign sessions`, quietByHand(args)),
  ],
  run: (args, context) =>
    withClient(args.cluster, async (client) => {
      let seen = await watchOnce(client, args, context);
      for (let tried = 1; !seen.quiet && seen.foreign_sessions_count === 0 && tried < TRIES; tried += 1) {
        context.log(`The WAL moved by ${seen.wal_moved_bytes} bytes with nobody connected. Watching again.`);
        seen = await watchOnce(client, args, context);
      }
      return seen;
    }),
});

function quietByHand({ cluster, quietMs, allowApplications }: Args): readonly BashLine[] {
  const position = asked(cluster, "select pg_current_wal_lsn()");
  return [
    foreignByHand(cluster, allowApplications),
    bash`for ((tries = ${TRIES}; ; tries -= 1)); do`,
    bash`  before=$(${position})`,
    bash`  sleep ${quietMs / 1000}`,
    bash`  after=$(${position})`,
    bash`  if [[ "$(${askForeign(cluster, "count")})" != 0 ]]; then`,
    bash`    ${askForeign(cluster, "list")}`,
    bash`    ${REFUSE} 'These sessions are foreign.'`,
    bash`  fi`,
    bash`  if [[ $before == "$after" ]]; then break; fi`,
    bash`  ((tries > 1)) || ${REFUSE} "The write-ahead log moved from $before to $after: somebody writes."`,
    bash`done`,
  ];
}

async function watchOnce(client: pg.Client, args: Args, context: ActionContext): Promise<Result> {
  const before = await walPosition(client);
  await sleep(args.quietMs, undefined, { signal: context.signal });
  const after = await walPosition(client);
  const { rows } = await client.query<{ moved: string }>("select ($1::pg_lsn - $2::pg_lsn)::text as moved", [
    after,
    before,
  ]);
  const movedBytes = Number(rows[0]?.moved ?? 0);
  const sessions = await foreignSessions(client, args.allowApplications, args.cluster.database);
  return {
    quiet: movedBytes === 0 && sessions.length === 0,
    quiet_ms: args.quietMs,
    foreign_sessions_count: sessions.length,
    sessions: [...sessions],
    wal_position_before: before,
    wal_position_after: after,
    wal_moved_bytes: movedBytes,
  };
}

async function walPosition(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ position: string }>("select pg_current_wal_lsn()::text as position");
  return rows[0]?.position ?? "0/0";
}
