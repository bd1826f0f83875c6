import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { composeLogsAction } from "./logs.ts";
import { composeOverlayOffAction, composeOverlayOnAction } from "./overlay.ts";
import { composeStopAction } from "./stop.ts";
import { composeUpAction } from "./up.ts";

/** The actions of the pack `compose`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [
  registered(composeStopAction),
  registered(composeUpAction),
  registered(composeOverlayOnAction),
  registered(composeOverlayOffAction),
  registered(composeLogsAction),
];
