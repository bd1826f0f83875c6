import type { ActionRegistry } from "./action.ts";
import { registryOf } from "./action.ts";

/** Every action that this agent can carry out. An action is written in its pack's folder and listed here. */
export const ACTION_REGISTRY: ActionRegistry = registryOf([]);
