import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { postgresStandby } from "../../../../domain/action/postgresStandby.ts";
import type { PostgresTarget } from "../../../../domain/action/postgresTarget.ts";
import { Failure } from "../../../../domain/failure.ts";
import type { ActionContext } from "../../../process/actionContext.ts";
import { pgCtlStartCall } from "../../../tools/pgCtl.ts";
import type { Action } from "../../action.ts";
import { accountOf } from "../account.ts";
import { withClient } from "../connect.ts";
import { readControl } from "../controlFile.ts";
import { startOf } from "../startPlan.ts";
import { isRunning } from "../stop.ts";
import { requireApart, writeConfiguration } from "./standbyFiles.ts";

type Args = z.output<typeof postgresStandby.args>;
type Result = z.output<typeof postgresStandby.result>;

/** Pause between two looks at how far behind it is (ms). */
const LOOK_MS = 500;

/** `postgres.standby`: a second server on the base backup, which follows the first. */
export const postgresStandbyAction: Action<typeof postgresStandby.args, typeof postgresStandby.result> = {
  spec: postgresStandby,
  plan: (args) => [
    {
      kind: "note",
      text: `write ${args.standby.configFile}: ${args.cluster.configFile} with another data directory and port ${args.standby.port}`,
    },
    { kind: "program", ...startCall(args), as: args.standby.osUser },
    { kind: "note", text: `wait until it is at most ${args.withinBytes} bytes behind, ${args.waitMs} ms at most` },
  ],
  run: follow,
  // A start is safe to repeat: one that runs is left alone, and waited for.
  inspect: async ({ standby }, context) =>
    (await isRunning(standby, context)) ? { state: "halfWay", found: "The standby runs." } : { state: "notBegun" },
};

const startCall = ({ standby, waitMs }: Args) => pgCtlStartCall(standby.binDir, startOf(standby, waitMs));

async function follow(args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const { cluster, standby } = args;
  const first = await withClient(cluster, requireApart(cluster, standby));
  const { systemIdentifier } = await readControl(standby.dataDir, standby.binDir, context);
  if (systemIdentifier !== first.systemIdentifier) {
    throw new Failure(
      "expectationFailed",
      `${standby.dataDir} is a copy of another cluster (${systemIdentifier}) than the one that it would follow (${first.systemIdentifier}).`,
    );
  }
  if (!(await isRunning(standby, context))) {
    const as = await accountOf(standby.osUser);
    await writeConfiguration(args, first, as);
    await context.program({ ...startCall(args), as, leavesDaemon: true });
  }
  const reached = await waitUntilNear(args, context);
  return {
    is_following: true,
    behind_bytes: reached.behindBytes,
    replayed_to: reached.replayedTo,
    system_identifier: systemIdentifier,
    duration_ms: Math.round(performance.now() - beganMs),
  };
}

/** How a standby stands. */
interface Standing {
  readonly isStandby: boolean;
  /** What its receiver says of itself; empty where nothing is received. */
  readonly receiver: string;
  readonly replayedTo: string;
  readonly behindBytes: number;
}

async function standingOf(cluster: PostgresTarget, standby: PostgresTarget): Promise<Standing> {
  const { rows: own } = await withClient(standby, (client) =>
    client.query<{ recovering: boolean; receiver: string; replayed: string }>(
      `select pg_is_in_recovery() as recovering, coalesce((select status from pg_stat_wal_receiver), '') as receiver,
        coalesce(pg_last_wal_replay_lsn(), '0/0')::text as replayed`,
    ),
  );
  const replayedTo = own[0]?.replayed ?? "0/0";
  const { rows: first } = await withClient(cluster, (client) =>
    client.query<{ behind: string }>(
      "select greatest(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), $1), 0)::text as behind",
      [replayedTo],
    ),
  );
  return {
    isStandby: own[0]?.recovering ?? false,
    receiver: own[0]?.receiver ?? "",
    replayedTo,
    behindBytes: Number(first[0]?.behind ?? 0),
  };
}

async function waitUntilNear(
  { cluster, standby, withinBytes, waitMs }: Args,
  context: ActionContext,
): Promise<Standing> {
  const until = performance.now() + waitMs;
  let farthest = 0;
  for (;;) {
    context.signal.throwIfAborted();
    const standing = await standingOf(cluster, standby);
    if (!standing.isStandby) {
      throw new Failure(
        "expectationFailed",
        `The server on port ${standby.port} follows nobody: it was promoted, or never was a standby.`,
      );
    }
    const { behindBytes, receiver } = standing;
    farthest = Math.max(farthest, behindBytes);
    context.progress({ done: farthest - behindBytes, total: farthest, unit: "bytes" });
    if (receiver === "streaming" && behindBytes <= withinBytes) return standing;
    if (performance.now() > until) {
      const why = receiver === "" ? "it receives nothing: read its log" : `its receiver says "${receiver}"`;
      throw new Failure(
        "timedOut",
        `The standby is ${behindBytes} bytes behind after ${Math.round(waitMs / 1000)} s, not ${withinBytes}; ${why}.`,
      );
    }
    await sleep(LOOK_MS, undefined, { signal: context.signal });
  }
}
