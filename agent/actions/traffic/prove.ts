import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { z } from "zod";
import { trafficProve } from "../../../domain/action/traffic.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { observing } from "../observing.ts";
import { withClient } from "../postgres/connect.ts";
import { foreignSessions } from "../postgres/sessions.ts";

type Args = z.output<typeof trafficProve.args>;
type Result = z.output<typeof trafficProve.result>;

/**
 * How many quiet times are tried. The server itself writes a little after the last client has gone (a checkpoint, one record of running
 * transactions some seconds later): that is not a writer, and it ends.
 */
const TRIES = 4;

/** `traffic.prove`: a whole quiet time in which the WAL position does not move and nobody foreign is connected. */
export const trafficProveAction = observing(trafficProve, {
  plan: ({ quietMs }) => [
    { kind: "note", text: `compare pg_current_wal_lsn() over ${quietMs} ms, and list foreign sessions` },
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
