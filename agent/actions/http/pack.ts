import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { httpCheckAction } from "./check.ts";
import { httpJourneyAction } from "./journey.ts";

/** The actions of the pack `http`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [registered(httpCheckAction), registered(httpJourneyAction)];
