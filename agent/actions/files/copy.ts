import { lstat, mkdir } from "node:fs/promises";
import type { z } from "zod";
import { filesCopy } from "../../../domain/action/files.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { RsyncCopy } from "../../tools/rsync.ts";
import { parseRsyncLine, parseRsyncStats, rsyncCall } from "../../tools/rsync.ts";
import type { Action, Inspection } from "../action.ts";
import { openBelow } from "../openFiles.ts";
import { proveAtRest } from "../postgres/atRest.ts";
import { copyOf, copyPlan } from "./copyPlan.ts";
import type { Manifest } from "./manifest.ts";
import { manifestOf } from "./manifest.ts";

type Args = z.output<typeof filesCopy.args>;
type Result = z.output<typeof filesCopy.result>;

/** Lines that rsync's figures at the end take, with room to spare. */
const STATS_LINES = 40;

/** `files.copy`: at rest before, listed before, copied, synced, listed after, at rest after. */
export const filesCopyAction: Action<typeof filesCopy.args, typeof filesCopy.result> = {
  spec: filesCopy,
  plan: copyPlan,
  run: copy,
  inspect,
  left: async ({ to }, { signal }) => {
    const there = await manifestOf(to, signal).catch(() => undefined);
    if (there === undefined || there.filesCount === 0) return [];
    const what = `${to}: ${there.filesCount} files, ${there.sizeBytes} bytes of an unfinished copy`;
    return [{ kind: "partialFiles", what, cleanUp: `Retry the step, which goes on from there, or: rm -r -- ${to}` }];
  },
};

/** A copy can't be told to be whole by looking at names: what is there is compared by content and gone on with. */
async function inspect(args: Args, context: ActionContext): Promise<Inspection<Result>> {
  const there = await manifestOf(args.to, context.signal).catch(() => undefined);
  return there === undefined || there.filesCount === 0
    ? { state: "notBegun" }
    : { state: "halfWay", found: `${there.filesCount} files with ${there.sizeBytes} bytes are there.` };
}

async function copy(args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  await requireAtRest(args, context);
  const before = await manifestOf(args.from, context.signal);
  context.log(`Source: ${before.filesCount} files, ${before.sizeBytes} bytes, manifest ${before.digest.slice(0, 16)}.`);
  await mkdir(args.to, { recursive: true, mode: 0o700 });
  const isResumed = (await manifestOf(args.to, context.signal)).filesCount > 0;
  if (isResumed) context.log("Something is there from an earlier attempt. It is compared by content and completed.");
  const transferred = await runRsync(args, copyOf(args, isResumed), before, context);
  await context.program({ file: "sync", args: ["--file-system", args.to], debianPackage: "coreutils" });
  const after = await manifestOf(args.from, context.signal);
  if (after.digest !== before.digest) {
    throw new Failure(
      "sourceChanged",
      `${args.from} changed while it was copied: its listing before and after differ.`,
    );
  }
  await requireAtRest(args, context);
  const target = await manifestOf(args.to, context.signal);
  const { uid, gid } = await lstat(args.to);
  const durationMs = Math.max(1, Math.round(performance.now() - beganMs));
  return {
    files_source: before.filesCount,
    files_target: target.filesCount,
    bytes_source: before.sizeBytes,
    bytes_target: target.sizeBytes,
    files_transferred: transferred.files,
    bytes_transferred: transferred.bytes,
    source_manifest_before: before.digest,
    source_manifest_after: after.digest,
    source_at_rest: true,
    owner: `${uid}:${gid}`,
    duration_ms: durationMs,
    bytes_per_second: Math.round((transferred.bytes / durationMs) * 1000),
  };
}

async function requireAtRest({ cluster, from }: Args, context: ActionContext): Promise<void> {
  if (cluster === undefined) {
    const open = await openBelow(from);
    if (open.length > 0)
      throw new Failure("sourceNotAtRest", `${open[0]?.command} (${open[0]?.pid}) has ${open[0]?.path} open.`);
    return;
  }
  const proof = await proveAtRest(cluster, from, context);
  if (proof.at_rest) return;
  const why = [
    `the control file says "${proof.control_state}"`,
    ...(proof.server_running ? ["a server runs on it"] : []),
    ...(proof.restart_policy === "no" ? [] : [`the restart policy is ${proof.restart_policy}`]),
    ...proof.open_by.slice(0, 3).map((who) => `open: ${who}`),
  ];
  throw new Failure("sourceNotAtRest", `${from} is not at rest: ${why.join("; ")}.`);
}

async function runRsync(
  _args: Args,
  call: RsyncCopy,
  source: Manifest,
  context: ActionContext,
): Promise<{ files: number; bytes: number }> {
  let item = "";
  let filesDone = 0;
  // rsync says something after a second, and perhaps much later where a throttle holds it back from the beginning.
  context.progress({ done: 0, total: source.sizeBytes, unit: "bytes", filesDone: 0, filesTotal: source.filesCount });
  // The figures at the end of rsync's output; what the program result keeps is its beginning.
  const end: string[] = [];
  await context.program({
    ...rsyncCall(call),
    // The process that is started is the one that reads the source; what it reads is the copy's progress.
    meter: "read",
    stdout: { to: "callbacks" },
    onStdoutLine: (text) => {
      const line = parseRsyncLine(text);
      switch (line.kind) {
        case "file":
          item = line.name;
          filesDone += 1;
          return;
        case "deleted":
          context.log(`Removed from the target, since the source does not have it: ${line.name}`);
          return;
        case "progress":
          context.progress({
            done: Math.min(line.bytesDone, source.sizeBytes),
            total: source.sizeBytes,
            unit: "bytes",
            ratePerSecond: line.bytesPerSecond,
            ...(line.bytesPerSecond > 0
              ? { etaMs: (Math.max(0, source.sizeBytes - line.bytesDone) / line.bytesPerSecond) * 1000 }
              : {}),
            filesDone: Math.min(line.filesTransferred ?? filesDone, source.filesCount),
            filesTotal: source.filesCount,
            ...(item === "" ? {} : { item: item.slice(0, 1000) }),
          });
          return;
        case "other":
          end.push(text);
          if (end.length > STATS_LINES) end.shift();
          return;
        default:
          line satisfies never;
      }
    },
  });
  // With links or files that were there already rsync ends below 100 %, and yet it is done.
  context.progress({
    done: source.sizeBytes,
    total: source.sizeBytes,
    unit: "bytes",
    filesDone: source.filesCount,
    filesTotal: source.filesCount,
  });
  const stats = parseRsyncStats(end.join("\n"));
  return { files: stats?.filesTransferred ?? filesDone, bytes: stats?.transferredBytes ?? source.sizeBytes };
}
