import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { sqliteBackups } from "../../../domain/action/sqlite.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { fileDigest } from "../backup/fileDigest.ts";
import { observing } from "../observing.ts";

type Args = z.output<typeof sqliteBackups.args>;

/** Most names that the result holds. */
const SHOWN = 100;

/** `sqlite.backups`: a number says which one, as people choose from a list; the result names it by path and SHA-256. */
export const sqliteBackupsAction = observing(sqliteBackups, {
  plan: ({ directory, label, number }) => [
    { kind: "note", text: `list ${join(directory, `${label}-*.db`)}, newest first, and take number ${number}` },
  ],
  run: choose,
});

async function choose(
  { directory, label, number }: Args,
  context: ActionContext,
): Promise<z.output<typeof sqliteBackups.result>> {
  const backups = await backupsIn(directory, label);
  backups.sort((a, b) => b.mtimeMs - a.mtimeMs || (a.name < b.name ? 1 : -1));
  if (backups.length === 0) throw new Failure("deviceMissing", `There is no ${label}-*.db in ${directory}.`);
  const chosen = backups[number - 1];
  if (chosen === undefined)
    throw new Failure(
      "argumentsInvalid",
      `There are ${backups.length} backups in ${directory}, and no number ${number}.`,
    );
  return {
    path: chosen.path,
    size_bytes: chosen.size,
    sha256: await fileDigest(chosen.path, context),
    age_ms: Math.max(0, Math.round(context.now() - chosen.mtimeMs)),
    backups_count: backups.length,
    names: backups.slice(0, SHOWN).map(({ name }) => name),
  };
}

/** Plain files only: a link could lead out of what agent.yaml allows. Other characters than these are in no name of ours. */
async function backupsIn(directory: string, label: string) {
  const names = (await readdir(directory)).filter(
    (name) => name.startsWith(`${label}-`) && /^[\w.-]{1,255}\.db$/.test(name),
  );
  const looked = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const stat = await lstat(path);
      return { name, path, isFile: stat.isFile(), size: stat.size, mtimeMs: stat.mtimeMs };
    }),
  );
  return looked.filter(({ isFile }) => isFile);
}
