import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { sqliteBackupAction } from "./backup.ts";
import { sqliteBackupsAction } from "./backups.ts";
import { sqliteIntegrityAction } from "./integrity.ts";
import { sqliteRestoreAction } from "./restore.ts";

/** The actions of the pack `sqlite`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [
  registered(sqliteBackupAction),
  registered(sqliteBackupsAction),
  registered(sqliteRestoreAction),
  registered(sqliteIntegrityAction),
];
