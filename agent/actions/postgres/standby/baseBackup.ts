import { lchown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { z } from "zod";
import { postgresBaseBackup } from "../../../../domain/action/postgresStandby.ts";
import { Failure } from "../../../../domain/failure.ts";
import type { ActionContext } from "../../../process/actionContext.ts";
import { pgBaseBackupCall, pgVerifyBackupCall } from "../../../tools/pgBaseBackup.ts";
import type { Action, Inspection } from "../../action.ts";
import { withReach } from "../../backup/reach.ts";
import { manifestOf } from "../../files/manifest.ts";
import { walkTree } from "../../files/tree.ts";
import { accountOf } from "../account.ts";
import { withClient } from "../connect.ts";
import { readControl } from "../controlFile.ts";
import { plannedClient } from "../plannedClient.ts";
import { forgetBegun, isBegun, namesIn, noteBegun, requireEmpty } from "./begunBackup.ts";
import { makeSlot } from "./slot.ts";

type Args = z.output<typeof postgresBaseBackup.args>;
type Result = z.output<typeof postgresBaseBackup.result>;

/** Under this name the server lists the copy among its sessions. */
const APPLICATION = "slackwater-base-backup";
/** Pause between two looks at how far the copy is (ms). */
const LOOK_MS = 1000;

/** `postgres.baseBackup`: copied as the server sends it, read again, handed to the server's account. */
export const postgresBaseBackupAction: Action<typeof postgresBaseBackup.args, typeof postgresBaseBackup.result> = {
  spec: postgresBaseBackup,
  plan: (args) => [
    ...(args.slot === ""
      ? []
      : [{ kind: "note" as const, text: `make the replication slot ${args.slot}, where it is missing` }]),
    { kind: "program", ...plannedClient(args.cluster, (to) => pgBaseBackupCall(to, args)) },
    { kind: "program", ...pgVerifyBackupCall(args.cluster.binDir, args.directory) },
    { kind: "note", text: `give ${args.directory} to ${args.cluster.osUser}` },
    { kind: "program", file: "sync", args: ["--file-system", args.directory] },
  ],
  run: baseBackup,
  inspect,
  left: async ({ directory }) => {
    const parts = (await isBegun(directory)) ? await namesIn(directory) : [];
    const cleanUp = `Retry the step, which begins the copy again, or: rm -r -- ${directory}`;
    return parts.length === 0 ? [] : [{ kind: "partialFiles", what: `${directory}: part of a base backup`, cleanUp }];
  },
};

async function inspect(args: Args, context: ActionContext): Promise<Inspection<Result>> {
  if (await isBegun(args.directory)) return { state: "halfWay", found: "An unfinished base backup is there." };
  if ((await namesIn(args.directory)).length === 0) return { state: "notBegun" };
  await context.program(pgVerifyBackupCall(args.cluster.binDir, args.directory));
  return { state: "done", result: await describe(args, 0, context) };
}

async function baseBackup(args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const { cluster, directory, slot } = args;
  const owner = await accountOf(cluster.osUser);
  await requireEmpty(directory, context.log);
  await withClient(cluster, async (client) => {
    const sizeBytes = await requireCopyable(client);
    if (slot !== "") {
      context.recordUndo({ kind: "replicationSlot", facts: { slot } });
      await makeSlot(client, slot);
    }
    await noteBegun(directory);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await copyWatched(args, client, sizeBytes, context);
  });
  context.log("Copied. Every file is read again and compared with the manifest.");
  await context.program(pgVerifyBackupCall(cluster.binDir, directory));
  await handOver(directory, owner, context.signal);
  await context.program({ file: "sync", args: ["--file-system", directory], debianPackage: "coreutils" });
  await forgetBegun(directory);
  return describe(args, Math.max(1, Math.round(performance.now() - beganMs)), context);
}

/** Bytes of the whole cluster, by its own account. Throws `expectationFailed` where part of it lies elsewhere. */
async function requireCopyable(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string; elsewhere: string }>(
    `select sum(pg_tablespace_size(oid))::text as bytes,
      count(*) filter (where spcname not in ('pg_default', 'pg_global'))::text as elsewhere from pg_tablespace`,
  );
  const elsewhere = Number(rows[0]?.elsewhere ?? 0);
  if (elsewhere > 0) {
    throw new Failure(
      "expectationFailed",
      `${elsewhere} tablespaces lie outside the data directory: on the same host the copy would want their folders, too.`,
    );
  }
  return Number(rows[0]?.bytes ?? 0);
}

/** Copies, and asks the server every second how much it has sent: the program itself says so only to a terminal. */
async function copyWatched(args: Args, client: pg.Client, totalBytes: number, context: ActionContext): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, context.signal]);
  const watch = async () => {
    const beganMs = performance.now();
    while (!signal.aborted) {
      const { rows } = await client.query<{ sent: string }>(
        `select backup_streamed::text as sent from pg_stat_progress_basebackup
          join pg_stat_activity using (pid) where application_name = $1`,
        [APPLICATION],
      );
      const done = Math.min(Number(rows[0]?.sent ?? 0), totalBytes);
      const ratePerSecond = done / Math.max(0.001, (performance.now() - beganMs) / 1000);
      if (done > 0) {
        const etaMs = ((totalBytes - done) / ratePerSecond) * 1000;
        context.progress({ done, total: totalBytes, unit: "bytes", ratePerSecond, etaMs });
      }
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  context.progress({ done: 0, total: totalBytes, unit: "bytes" });
  // A look that fails ends the looking and not the copy.
  const watching = watch().catch((error: unknown) => context.log(`How far it is can't be told: ${String(error)}`));
  try {
    await withReach(args.cluster, async (reaching) => {
      const call = reaching((to) => pgBaseBackupCall(to, args));
      // Held back by a throttle for longer than the server waits for a sign of life, it would be cut off.
      const env = { ...call.env, PGAPPNAME: APPLICATION, PGOPTIONS: "-c wal_sender_timeout=0" };
      await context.program({ ...call, env, meter: "written" });
    });
  } finally {
    over.abort();
    await watching;
  }
  context.progress({ done: totalBytes, total: totalBytes, unit: "bytes" });
}

/** The copy was made by root: the server's account gets all of it. */
async function handOver(
  directory: string,
  { uid, gid }: { uid: number; gid: number },
  signal: AbortSignal,
): Promise<void> {
  for await (const entry of walkTree(directory, signal)) await lchown(join(directory, entry.path), uid, gid);
  await lchown(directory, uid, gid);
}

async function describe(
  { cluster, directory, slot }: Args,
  durationMs: number,
  context: ActionContext,
): Promise<Result> {
  const { systemIdentifier } = await readControl(directory, cluster.binDir, context);
  const { filesCount, sizeBytes } = await manifestOf(directory, context.signal);
  return {
    system_identifier: systemIdentifier,
    files_count: filesCount,
    size_bytes: sizeBytes,
    verified: true,
    slot,
    duration_ms: durationMs,
    bytes_per_second: durationMs === 0 ? 0 : Math.round((sizeBytes / durationMs) * 1000),
  };
}
