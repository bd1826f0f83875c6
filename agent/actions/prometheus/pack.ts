import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { prometheusQueryAction } from "./query.ts";

/** The actions of the pack `prometheus`. */
export const ACTIONS: readonly LoadedAction[] = [registered(prometheusQueryAction)];
