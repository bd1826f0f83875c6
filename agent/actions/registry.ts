import type { ActionRegistry } from "./action.ts";
import { registryOf } from "./action.ts";
import { loadEveryAction } from "./packs.ts";

/** Every action that this agent can carry out. */
export const ACTION_REGISTRY: ActionRegistry = registryOf(await loadEveryAction());
