import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { luksCreateAction } from "./create.ts";
import { luksHeaderBackupAction } from "./headerBackup.ts";
import { luksCloseAction, luksOpenAction, luksReopenAction } from "./openClose.ts";
import { luksProveAction, luksStatusAction, luksTestSlotAction } from "./status.ts";

/** The actions of the pack `luks`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [
  registered(luksCreateAction),
  registered(luksHeaderBackupAction),
  registered(luksOpenAction),
  registered(luksCloseAction),
  registered(luksReopenAction),
  registered(luksStatusAction),
  registered(luksProveAction),
  registered(luksTestSlotAction),
];
