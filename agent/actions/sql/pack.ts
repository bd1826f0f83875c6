import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { sqlAssertAction } from "./assert.ts";
import { sqlBatchAction } from "./batch.ts";
import { sqlCanaryAction } from "./canary.ts";
import { sqlCancelAction } from "./cancel.ts";
import { sqlTriggerAction } from "./trigger.ts";

/** The actions of the pack `sql`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [
  registered(sqlBatchAction),
  registered(sqlCanaryAction),
  registered(sqlCancelAction),
  registered(sqlTriggerAction),
  registered(sqlAssertAction),
];
