import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { postgresAtRestAction } from "./atRest.ts";
import { postgresCountAction } from "./count.ts";
import { postgresFactsAction } from "./facts.ts";
import { postgresPointAtAction } from "./pointAt.ts";
import { postgresPointBackAction } from "./pointBack.ts";
import { postgresQueryAction } from "./query.ts";
import { postgresReadyAction } from "./ready.ts";
import { postgresScanLogAction } from "./scanLog.ts";
import { postgresBaseBackupAction } from "./standby/baseBackup.ts";
import { postgresPromoteAction } from "./standby/promote.ts";
import { postgresDropSlotAction } from "./standby/slot.ts";
import { postgresStandbyAction } from "./standby/standby.ts";
import { postgresStartAction } from "./start.ts";
import { postgresStopAction } from "./stop.ts";

/** The actions of the pack `postgres`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [
  registered(postgresFactsAction),
  registered(postgresCountAction),
  registered(postgresStopAction),
  registered(postgresStartAction),
  registered(postgresReadyAction),
  registered(postgresAtRestAction),
  registered(postgresQueryAction),
  registered(postgresScanLogAction),
  registered(postgresPointAtAction),
  registered(postgresPointBackAction),
  registered(postgresBaseBackupAction),
  registered(postgresStandbyAction),
  registered(postgresPromoteAction),
  registered(postgresDropSlotAction),
];
