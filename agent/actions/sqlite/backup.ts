import { lstat, mkdir, open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { sqliteBackup } from "../../../domain/action/sqlite.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { syncDirectory } from "../../process/durableFile.ts";
import { sqliteAskCall, sqliteBackupCall } from "../../tools/sqlite3.ts";
import type { Action } from "../action.ts";
import { fileDigest } from "../backup/fileDigest.ts";
import { runSqlite, tablesIn } from "./ask.ts";
import { pendingOf, removeUnfinished, stampOf, statDatabase, syncFile } from "./databaseFile.ts";
import { INTEGRITY_SQL, problemsOf } from "./soundness.ts";

type Args = z.output<typeof sqliteBackup.args>;
type Result = z.output<typeof sqliteBackup.result>;

/** End of the name of a backup that is not whole yet. */
const UNFINISHED = ".unfinished";

const STAMP = "with the second for …";

/** Nobody else knows the copy yet. */
const OURS = { isStill: true, busyMs: 0 };

/** `sqlite.backup`. A copy of the file alone would miss what is in its log, or hold half a transaction. */
export const sqliteBackupAction: Action<typeof sqliteBackup.args, typeof sqliteBackup.result> = {
  spec: sqliteBackup,
  plan: ({ path, directory, label, busyMs }) => {
    const unfinished = join(directory, `${label}-….db${UNFINISHED}`);
    return [
      { kind: "program", ...sqliteBackupCall(path, unfinished, busyMs), fillIn: STAMP },
      { kind: "note", text: "write the copy through to the disk" },
      { kind: "program", ...sqliteAskCall(unfinished, [INTEGRITY_SQL], OURS), fillIn: STAMP },
      { kind: "note", text: `and only if it is sound: name it ${join(directory, `${label}-….db`)}` },
    ];
  },
  run: backUp,
  // A whole backup of an earlier attempt can't be told from this one's: another is made, the first stays.
  inspect: () => Promise.resolve({ state: "notBegun" }),
  left: async ({ directory, label }) => {
    const names = await readdir(directory).catch(() => []);
    return names
      .filter((name) => name.startsWith(`${label}-`) && name.includes(`.db${UNFINISHED}`))
      .map((name) => join(directory, name))
      .map((path) => ({ kind: "partialFiles", what: `${path}, half a backup`, cleanUp: `rm -- ${path}` }));
  },
};

async function backUp({ path, directory, label, busyMs }: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const createdAt = context.now();
  const source = await statDatabase(path);
  const pending = await pendingOf(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const target = join(directory, `${label}-${stampOf(createdAt)}.db`);
  if (await isThere(target)) throw new Failure("volumeExists", `There is a ${target} already. It was left alone.`);
  const unfinished = `${target}${UNFINISHED}`;
  try {
    // Made here, so that it is root's alone from the first byte; SQLite takes an empty file as it would none.
    await (await open(unfinished, "wx", 0o600)).close();
    await runSqlite(sqliteBackupCall(path, unfinished, busyMs), path, context);
    await syncFile(unfinished);
    const problems = await problemsOf(unfinished, OURS, context);
    if (problems.length > 0)
      throw new Failure("databaseDamaged", `The copy is not sound, so ${path} is not either: ${problems[0]}`, {
        detail: problems.join("\n"),
      });
    const tables = await tablesIn(unfinished, OURS, context);
    const { size } = await statDatabase(unfinished);
    const sha256 = await fileDigest(unfinished, context);
    await rename(unfinished, target);
    syncDirectory(directory);
    return {
      path: target,
      size_bytes: size,
      source_bytes: pending.reduce((sum, { bytes }) => sum + bytes, source.size),
      sha256,
      tables_count: tables.length,
      created_at: createdAt,
      duration_ms: Math.round(performance.now() - beganMs),
    };
  } finally {
    await removeUnfinished(unfinished);
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
