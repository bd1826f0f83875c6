import type { Perform } from "../process/actionContext.ts";
import { loadAction } from "./packs.ts";
import { performWith } from "./performWith.ts";

/** The module that the runner loads to carry out a task of the real agent. */
export const perform: Perform = performWith(loadAction);
