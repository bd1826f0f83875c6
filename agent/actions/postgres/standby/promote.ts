import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { z } from "zod";
import { postgresPromote } from "../../../../domain/action/postgresStandby.ts";
import type { PostgresTarget } from "../../../../domain/action/postgresTarget.ts";
import { Failure } from "../../../../domain/failure.ts";
import type { ActionContext } from "../../../process/actionContext.ts";
import type { Action, Inspection } from "../../action.ts";
import { proveAtRest } from "../atRest.ts";
import { withClient } from "../connect.ts";
import { readControl } from "../controlFile.ts";
import { whereItLies } from "../whereItLies.ts";

type Args = z.output<typeof postgresPromote.args>;
type Result = z.output<typeof postgresPromote.result>;

/** Pause between two looks at what the standby has (ms). */
const LOOK_MS = 100;

/** `postgres.promote`: has everything, or stays a standby. */
export const postgresPromoteAction: Action<typeof postgresPromote.args, typeof postgresPromote.result> = {
  spec: postgresPromote,
  plan: ({ cluster, formerly, waitMs }) => [
    ...(formerly === undefined
      ? []
      : [
          {
            kind: "note" as const,
            text: "prove that the former server is shut down, and read where its last record lies",
          },
          { kind: "note" as const, text: `wait until the standby has it, ${waitMs} ms at most` },
        ]),
    { kind: "note", text: `select pg_promote() on port ${cluster.port}` },
  ],
  run: promote,
  inspect,
};

async function inspect(args: Args, context: ActionContext): Promise<Inspection<Result>> {
  const lastRecord = await lastRecordOf(args.formerly, context);
  return withClient(args.cluster, async (client) =>
    (await isStandby(client))
      ? { state: "notBegun" }
      : { state: "done", result: await describe(client, lastRecord, performance.now()) },
  );
}

async function promote(args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const { cluster, formerly, waitMs } = args;
  const lastRecord = await lastRecordOf(formerly, context);
  return withClient(cluster, async (client) => {
    if (await isStandby(client)) {
      if (lastRecord !== undefined) await waitUntilItHas(lastRecord, client, waitMs, context);
      const { rows } = await client.query<{ done: boolean }>("select pg_promote(true, $1) as done", [
        Math.max(1, Math.ceil(waitMs / 1000)),
      ]);
      if (rows[0]?.done !== true) {
        throw new Failure(
          "timedOut",
          `The standby is not open ${Math.round(waitMs / 1000)} s after it was told to take over.`,
        );
      }
    }
    return describe(client, lastRecord, beganMs);
  });
}

async function isStandby(client: pg.Client): Promise<boolean> {
  return (await client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby")).rows[0]?.standby === true;
}

/** Where the last record of a cluster begins that is shut down; undefined for none. Throws `sourceNotAtRest` for one that may still write. */
async function lastRecordOf(formerly: PostgresTarget | undefined, context: ActionContext): Promise<string | undefined> {
  if (formerly === undefined) return undefined;
  const { directory } = await whereItLies(formerly, context);
  const proof = await proveAtRest(formerly, directory, context);
  if (!proof.at_rest || proof.control_state !== "shut down") {
    throw new Failure(
      "sourceNotAtRest",
      `The former server is not shut down: its control file says "${proof.control_state}"${proof.server_running ? ", and a server runs on it" : ""}. Two servers would be written to.`,
    );
  }
  return (await readControl(directory, formerly.kind === "plain" ? formerly.binDir : "", context)).checkpointAt;
}

/** A record is there when what was replayed ends behind its beginning: records are replayed whole. */
async function waitUntilItHas(
  record: string,
  client: pg.Client,
  waitMs: number,
  context: ActionContext,
): Promise<void> {
  const until = performance.now() + waitMs;
  for (;;) {
    const { rows } = await client.query<{ missing: string }>(
      "select pg_wal_lsn_diff($1, coalesce(pg_last_wal_replay_lsn(), '0/0'))::text as missing",
      [record],
    );
    const missing = Number(rows[0]?.missing ?? 0);
    if (missing < 0) return;
    if (performance.now() > until) {
      throw new Failure(
        "expectationFailed",
        `The standby lacks the last ${missing} bytes and more of what the former server wrote. It was not promoted. Start the former one again, let the standby catch up, then stop it.`,
      );
    }
    await sleep(LOOK_MS, undefined, { signal: context.signal });
  }
}

interface Opened {
  readonly timeline: number;
  readonly history: string;
}

/**
 * An open server, with where it left the other's history: the last line of its timeline's file names the position. Throws
 * `expectationFailed` where it left before the former server's last record: it was promoted by another, too early.
 */
async function describe(client: pg.Client, lastRecord: string | undefined, beganMs: number): Promise<Result> {
  const { rows } = await client.query<Opened>(
    `select ('x' || substr(name, 1, 8))::bit(32)::int as timeline,
      coalesce(pg_read_file('pg_wal/' || substr(name, 1, 8) || '.history', 0, 1000000, true), '') as history
      from pg_walfile_name(pg_current_wal_lsn()) as name`,
  );
  const { timeline, history } = rows[0] ?? { timeline: 0, history: "" };
  const leftAt = [...history.matchAll(/^\d+\t([0-9A-F]+\/[0-9A-F]+)\t/gm)].at(-1)?.[1] ?? "0/0";
  const { rows: compared } = await client.query<{ has: boolean }>("select $1::pg_lsn > $2::pg_lsn as has", [
    leftAt,
    lastRecord ?? "FFFFFFFF/FFFFFFFF",
  ]);
  const hasEverything = compared[0]?.has === true;
  if (lastRecord !== undefined && !hasEverything) {
    throw new Failure(
      "expectationFailed",
      `It took over at ${leftAt}, before the former server's last record at ${lastRecord}: what was written between is only there.`,
    );
  }
  return {
    is_open: true,
    has_everything: hasEverything,
    timeline,
    replayed_to: leftAt,
    duration_ms: Math.round(performance.now() - beganMs),
  };
}
