import type { z } from "zod";
import { filesVerify } from "../../../domain/action/files.ts";
import { toEscapedName } from "../../../domain/text/safeText.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { observing } from "../observing.ts";
import { proveAtRest } from "../postgres/atRest.ts";
import { pairTrees } from "./compareTrees.ts";
import { createHasher, hashFile, pieceBuffer } from "./contentHash.ts";
import { manifestOf } from "./manifest.ts";
import type { TreeEntry } from "./tree.ts";
import { entryAt } from "./tree.ts";
import { verifyPlan } from "./verifyPlan.ts";

type Args = z.output<typeof filesVerify.args>;

/** How many names of each trouble are kept: enough to act on; the counts tell the rest. */
const NAMES_KEPT = 20;

/** Names in trouble, counted without end and kept up to a limit. */
class Troubles {
  count = 0;
  readonly names: string[] = [];

  add(path: string): void {
    this.count += 1;
    if (this.names.length < NAMES_KEPT) this.names.push(toEscapedName(Buffer.from(path, "latin1")).slice(0, 400));
  }
}

/** `files.verify`: every file of both sides is read to its end; nothing is judged by size and time alone. */
export const filesVerifyAction = observing(filesVerify, {
  plan: verifyPlan,
  run: (args, context) => compare(args, context),
});

async function compare(args: Args, context: ActionContext): Promise<z.output<typeof filesVerify.result>> {
  const began = performance.now();
  const { signal } = context;
  const before = await manifestOf(args.from, signal);
  const differing = new Troubles();
  const missing = new Troubles();
  const extra = new Troubles();
  const wrongOwner = new Troubles();
  const found = new Set<string>();
  const sides = { source: await createHasher(args.algorithm), target: await createHasher(args.algorithm) };
  const buffers = { source: pieceBuffer(), target: pieceBuffer() };
  let filesTarget = 0;
  let bytesTarget = 0;
  let filesChecked = 0;
  let bytesChecked = 0;
  // Both sides are read at the same time, and the progress counts one of them.
  const allow = async (bytes: number) => 2 * (await context.allow(Math.ceil(bytes / 2), "bytes"));
  const tell = (item: string) =>
    context.progress({
      done: bytesChecked,
      total: before.sizeBytes,
      unit: "bytes",
      ratePerSecond: bytesChecked / Math.max(0.001, (performance.now() - began) / 1000),
      filesDone: filesChecked,
      filesTotal: before.filesCount,
      item: toEscapedName(Buffer.from(item, "latin1")).slice(0, 1000),
    });

  tell("");
  for await (const pair of pairTrees(args.from, args.to, signal)) {
    if (pair.on === "source") {
      missing.add(pair.source.path);
      continue;
    }
    if (pair.target.kind !== "directory") filesTarget += 1;
    bytesTarget += pair.target.sizeBytes;
    found.add(pair.target.path);
    if (pair.on === "target") {
      extra.add(pair.target.path);
      continue;
    }
    const { source, target } = pair;
    if (!ownerFits(args.owner, source, target)) wrongOwner.add(target.path);
    if (source.kind !== target.kind || source.sizeBytes !== target.sizeBytes || source.link !== target.link) {
      differing.add(target.path);
      continue;
    }
    if (source.kind !== "file") continue;
    const [left, right] = await Promise.all([
      hashFile(entryAt(args.from, source.path), sides.source, {
        buffer: buffers.source,
        signal,
        allow,
        onBytes: (bytes) => {
          bytesChecked += bytes;
          tell(source.path);
        },
      }),
      hashFile(entryAt(args.to, target.path), sides.target, { buffer: buffers.target, signal, allow }),
    ]);
    filesChecked += 1;
    if (left !== right) differing.add(target.path);
  }
  tell("");
  const atRest = args.cluster === undefined ? true : (await proveAtRest(args.cluster, args.from, context)).at_rest;
  const requiredMissing = args.required.filter((path) => !found.has(Buffer.from(path).toString("latin1")));
  const durationMs = Math.max(1, Math.round(performance.now() - began));
  return {
    files_source: before.filesCount,
    files_target: filesTarget,
    bytes_source: before.sizeBytes,
    bytes_target: bytesTarget,
    files_checked: filesChecked,
    bytes_checked: bytesChecked,
    differing_count: differing.count,
    missing_count: missing.count,
    extra_count: extra.count,
    wrong_owner_count: wrongOwner.count,
    differing: differing.names,
    missing: missing.names,
    extra: extra.names,
    required_missing: requiredMissing,
    required_missing_count: requiredMissing.length,
    algorithm: args.algorithm,
    source_manifest: before.digest,
    source_at_rest: atRest,
    duration_ms: durationMs,
    bytes_per_second: Math.round((bytesChecked / durationMs) * 1000),
  };
}

/** The owner that is asked for, or else the source's. */
function ownerFits(owner: string, source: TreeEntry, target: TreeEntry): boolean {
  return owner === ""
    ? source.uid === target.uid && source.gid === target.gid
    : owner === `${target.uid}:${target.gid}`;
}
