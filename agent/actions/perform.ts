import type { Perform } from "../process/actionContext.ts";
import { performWith } from "./performWith.ts";
import { ACTION_REGISTRY } from "./registry.ts";

/** The module that the runner loads to carry out a task of the real agent. */
export const perform: Perform = performWith(ACTION_REGISTRY);
