import type { Seal } from "./sealing.ts";
import { ENDINGS } from "./sealing.ts";

/** End of the name of a backup that is not whole yet. */
export const UNFINISHED = ".unfinished";

const SEALS: readonly Seal[] = ["openssl", "gpg"];
const NAME = /^([a-z][a-z0-9-]{0,40})-(.+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.sql\.gz\.[a-z]+$/s;

/** The file name of a backup: what it is for, its database, the second (UTC) in which its snapshot was asked for, and how it is sealed. */
export function backupName(label: string, database: string, at: number, seal: Seal): string {
  const [before, behind] = aroundStamp(label, database, seal);
  return `${before}${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "")}${behind}`;
}

/** What stands before and behind the second in a backup's name. */
export function aroundStamp(label: string, database: string, seal: Seal): readonly [string, string] {
  return [`${label}-${database}-`, ENDINGS[seal]];
}

/**
 * The moment in a name that `backupName` made for this label and database (ms since 1970); undefined for every other name. Asked by making
 * the name again, so that nothing counts as ours that we would not call so.
 */
export function momentOf(name: string, label: string, database: string): number | undefined {
  const found = NAME.exec(name);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(3).map(Number);
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  return SEALS.some((seal) => backupName(label, database, at, seal) === name) ? at : undefined;
}
