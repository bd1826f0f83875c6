import { chmod, chown, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { sqliteRestore } from "../../../domain/action/sqlite.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { syncDirectory } from "../../process/durableFile.ts";
import { sqliteAskCall } from "../../tools/sqlite3.ts";
import type { Action, Inspection } from "../action.ts";
import { fileDigest } from "../backup/fileDigest.ts";
import { holdersOf, identityOf } from "../openFiles.ts";
import { askDatabase, requireTables, rowsSql, tablesIn } from "./ask.ts";
import { filesOf, pendingOf, removeUnfinished, sideFilesOf, statDatabase, syncFile } from "./databaseFile.ts";
import { byName } from "./integrity.ts";
import type { Kept } from "./keepPresent.ts";
import { keepPresent, keptPrefixOf, newestKept } from "./keepPresent.ts";
import { INTEGRITY_SQL, problemsOf } from "./soundness.ts";
import { takeIn } from "./takeIn.ts";

type Args = z.output<typeof sqliteRestore.args>;
type Result = z.output<typeof sqliteRestore.result>;

/** The file that will take the place of the database, beside it: a rename is whole or not at all only within one file system. */
const nextOf = (path: string) => `${path}.slackwater-new`;

/** Nobody else knows the new file yet. */
const OURS = { isStill: true, busyMs: 0 };

/** Mode of a database that was not there before: its owner's alone. */
const NEW_MODE = 0o600;

/** `sqlite.restore`: the backup is proven and the present state kept before anything is changed, and then one rename changes it. */
export const sqliteRestoreAction: Action<typeof sqliteRestore.args, typeof sqliteRestore.result> = {
  spec: sqliteRestore,
  plan: ({ path, from, keepIn, tables }) => [
    { kind: "note", text: `refuse while a process has ${path} open` },
    { kind: "note", text: `copy ${from} to ${nextOf(path)}` },
    { kind: "program", ...sqliteAskCall(nextOf(path), [INTEGRITY_SQL], OURS) },
    { kind: "note", text: `keep ${path}, with its log or journal, as ${join(keepIn, `${keptPrefixOf(path)}….db`)}` },
    { kind: "note", text: `give ${nextOf(path)} the owner and mode of ${path}; refuse once more while it is open` },
    { kind: "program", file: "rm", args: ["--force", "--", ...sideFilesOf(path)] },
    { kind: "program", file: "mv", args: ["--", nextOf(path), path] },
    ...(tables.length === 0 ? [] : [{ kind: "program" as const, ...sqliteAskCall(path, tables.map(rowsSql), OURS) }]),
  ],
  run: restore,
  inspect,
  left: async ({ path }) => {
    const next = nextOf(path);
    if (!(await identityOf(next))) return [];
    return [{ kind: "partialFiles", what: `${next}, a backup that was not put in place`, cleanUp: `rm -- ${next}` }];
  },
};

async function restore(args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const { path, from, keepIn } = args;
  if (path === from) throw new Failure("argumentsInvalid", `${path} can't be restored from itself.`);
  const before = await presentOf(path);
  await requireLetGo(path);
  const next = nextOf(path);
  await removeUnfinished(next);
  try {
    const chosen = await takeIn(from, next, context);
    if (args.sha256 !== "" && chosen.sha256 !== args.sha256) {
      const message = `${from} is not the backup that was chosen: its SHA-256 is ${chosen.sha256}, not ${args.sha256}.`;
      throw new Failure("expectationFailed", message);
    }
    await requireWhole(next, args, context);
    const kept = before === undefined ? undefined : await keepPresent(path, keepIn, context);
    const { uid, gid, mode } = before ?? (await newOwner(args));
    await chown(next, uid, gid);
    await chmod(next, mode);
    await syncFile(next);
    await requireLetGo(path);
    context.recordUndo({ kind: "sqliteRestored", facts: { path, kept: kept?.path ?? null } });
    await swap(path, next);
    return await describe(args, { fromSha256: chosen.sha256, kept, beganMs }, context);
  } finally {
    await removeUnfinished(next);
  }
}

/** Owner and mode of the database that is there; undefined for none. */
async function presentOf(path: string) {
  if (!(await identityOf(path))) return undefined;
  const { uid, gid, mode } = await statDatabase(path);
  return { uid, gid, mode: mode & 0o777 };
}

async function newOwner({ path, owner }: Args) {
  const [uid, gid] = owner.split(":").map(Number);
  if (owner !== "" && uid !== undefined && gid !== undefined) return { uid, gid, mode: NEW_MODE };
  const folder = await stat(dirname(path));
  return { uid: folder.uid, gid: folder.gid, mode: NEW_MODE };
}

/**
 * Throws `sourceNotAtRest`, naming who has the database open: he would go on writing to a file without a name, or mix two states.
 */
async function requireLetGo(path: string): Promise<void> {
  const identities = await Promise.all(filesOf(path).map(identityOf));
  const [holder, ...others] = await holdersOf(identities.filter((identity) => identity !== undefined));
  if (holder === undefined) return;
  const more = others.length === 0 ? "" : ` So have ${others.length} more.`;
  throw new Failure(
    "sourceNotAtRest",
    `${holder.command} (${holder.pid}) has ${holder.path} open.${more} Stop it first; nothing was changed.`,
  );
}

/** The chosen backup must be a sound database with tables: an empty file is a sound one to SQLite. */
async function requireWhole(next: string, { from, tables }: Args, context: ActionContext): Promise<void> {
  const problems = await problemsOf(next, OURS, context);
  if (problems.length > 0) {
    const detail = problems.join("\n");
    throw new Failure("backupUnreadable", `${from} is damaged: ${problems[0]} Nothing was changed.`, { detail });
  }
  const there = await tablesIn(next, OURS, context);
  if (there.length === 0) throw new Failure("backupUnreadable", `${from} has no table. Nothing was changed.`);
  requireTables(tables, there, from);
}

/**
 * Log and journal of the old database go first: SQLite would play them into the new one. Should the power go between, the old
 * file is there without them, all of it is kept, and the next attempt goes on.
 */
async function swap(path: string, next: string): Promise<void> {
  for (const file of sideFilesOf(path)) await rm(file, { force: true });
  syncDirectory(dirname(path));
  // Held by us, so that its number can't become another file's before we have looked.
  const old = await open(path, "r").catch(() => undefined);
  try {
    const identity = await identityOf(path);
    await rename(next, path);
    syncDirectory(dirname(path));
    const [late] = identity === undefined ? [] : await holdersOf([identity]);
    if (late === undefined) return;
    const message = `${late.command} (${late.pid}) opened ${path} in the moment in which it was replaced, and now writes to the old file. Stop it, then retry.`;
    throw new Failure("sourceNotAtRest", message);
  } finally {
    await old?.close();
  }
}

/** What is there now. */
async function describe(
  { path, from, tables }: Args,
  how: { readonly fromSha256: string; readonly kept: Kept | undefined; readonly beganMs: number },
  context: ActionContext,
): Promise<Result> {
  const { size, uid, gid, mode } = await statDatabase(path);
  const figures = tables.length === 0 ? [] : await askDatabase(path, tables.map(rowsSql), OURS, context);
  return {
    path,
    from,
    from_sha256: how.fromSha256,
    kept: how.kept?.path ?? "",
    kept_bytes: how.kept?.sizeBytes ?? 0,
    kept_sha256: how.kept?.sha256 ?? "",
    size_bytes: size,
    sha256: await fileDigest(path, context),
    owner: `${uid}:${gid}`,
    mode: `0${(mode & 0o777).toString(8).padStart(3, "0")}`,
    rows: byName(figures, "rows"),
    restored_at: context.now(),
    duration_ms: Math.round(performance.now() - how.beganMs),
  };
}

/** Done is only what can be seen whole: both files have the same bytes, and neither has anything beside it. */
async function inspect(args: Args, context: ActionContext): Promise<Inspection<Result>> {
  const { path, from, keepIn } = args;
  const beganMs = performance.now();
  if (await identityOf(nextOf(path))) return { state: "halfWay", found: `${nextOf(path)} was not put in place.` };
  const pending = [...(await pendingOf(path)), ...(await pendingOf(from))];
  if (!(await identityOf(path)) || pending.length > 0) return { state: "notBegun" };
  const fromSha256 = await fileDigest(from, context);
  if ((await fileDigest(path, context)) !== fromSha256) return { state: "notBegun" };
  const kept = await newestKept(path, keepIn, context);
  return { state: "done", result: await describe(args, { fromSha256, kept, beganMs }, context) };
}
