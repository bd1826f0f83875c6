import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { scriptDestroyAction, scriptRunAction } from "./run.ts";

/** The actions of the pack `script`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [registered(scriptRunAction), registered(scriptDestroyAction)];
