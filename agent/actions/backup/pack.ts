import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { backupCreateAction } from "./create.ts";
import { backupPutBackAction } from "./putBack.ts";
import { backupRestoreAction } from "./restore.ts";
import { backupRestoreTestAction } from "./restoreTest.ts";
import { backupRotateAction } from "./rotate.ts";
import { backupShipAction } from "./ship.ts";
import { backupVerifyAction } from "./verify.ts";

/** The actions of the pack `backup`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [
  registered(backupCreateAction),
  registered(backupVerifyAction),
  registered(backupRestoreTestAction),
  registered(backupRestoreAction),
  registered(backupPutBackAction),
  registered(backupRotateAction),
  registered(backupShipAction),
];
