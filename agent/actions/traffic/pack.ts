import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { trafficProveAction } from "./prove.ts";
import { trafficStartAction } from "./start.ts";
import { trafficStopAction } from "./stop.ts";

/** The actions of the pack `traffic`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [
  registered(trafficStopAction),
  registered(trafficStartAction),
  registered(trafficProveAction),
];
