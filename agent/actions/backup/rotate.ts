import { lstat, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { backupRotate } from "../../../domain/action/backup.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { syncDirectory } from "../../process/durableFile.ts";
import type { Action } from "../action.ts";
import { momentOf } from "./backupName.ts";

type Args = z.output<typeof backupRotate.args>;
type Result = z.output<typeof backupRotate.result>;

/** Most names that the result holds. */
const SHOWN = 100;

/** `backup.rotate`. What is old is known by the name, which says when the snapshot was: a copy of a file has another time. */
export const backupRotateAction: Action<typeof backupRotate.args, typeof backupRotate.result> = {
  spec: backupRotate,
  plan: ({ directory, label, database, keepFor, keepAtLeast, newestWithin }) => [
    { kind: "note", text: `list the backups ${label}-${database}-… in ${directory}, newest first` },
    { kind: "note", text: `the newest must be at most ${days(newestWithin)} old, or nothing is removed` },
    {
      kind: "note",
      text: `remove those that are older than ${days(keepFor)}, save the newest ${keepAtLeast}`,
    },
  ],
  run: rotate,
  // What is removed already is not there a second time: the rest is done.
  inspect: () => Promise.resolve({ state: "notBegun" }),
};

const days = (ms: number): string => `${Number((ms / 86_400_000).toFixed(1))} days`;

async function rotate(args: Args, context: ActionContext): Promise<Result> {
  const { directory, keepFor, keepAtLeast, newestWithin } = args;
  const backups = await backupsIn(args);
  const now = context.now();
  const [newest] = backups;
  if (newest === undefined)
    throw new Failure("deviceMissing", `There is no backup ${args.label}-${args.database}-… in ${directory}.`);
  const newestAgeMs = Math.max(0, now - newest.at);
  if (newestAgeMs > newestWithin) {
    throw new Failure(
      "expectationFailed",
      `The newest backup, ${newest.name}, is ${days(newestAgeMs)} old. As long as none is made, none is removed.`,
    );
  }
  const old = backups.slice(keepAtLeast).filter(({ at }) => now - at > keepFor);
  let removedBytes = 0;
  for (const [done, { name, size }] of old.entries()) {
    context.progress({ done, total: old.length, unit: "files", item: name });
    await unlink(join(directory, name));
    removedBytes += size;
    context.log(`Removed ${name}.`);
  }
  if (old.length > 0) syncDirectory(directory);
  const kept = backups.filter((backup) => !old.includes(backup));
  return {
    removed_count: old.length,
    removed_bytes: removedBytes,
    removed: old.slice(0, SHOWN).map(({ name }) => name),
    kept_count: kept.length,
    newest_age_ms: newestAgeMs,
    oldest_age_ms: Math.max(0, now - (kept.at(-1)?.at ?? now)),
  };
}

/** Plain files of ours, newest first. A link is nobody's backup, and what it leads to is not ours to remove. */
async function backupsIn({ directory, label, database }: Args) {
  const named = (await readdir(directory)).flatMap((name) => {
    const at = momentOf(name, label, database);
    return at === undefined ? [] : [{ name, at }];
  });
  const looked = await Promise.all(
    named.map(async (one) => {
      const stat = await lstat(join(directory, one.name));
      return { ...one, size: stat.size, isFile: stat.isFile() };
    }),
  );
  return looked.filter(({ isFile }) => isFile).sort((a, b) => b.at - a.at);
}
