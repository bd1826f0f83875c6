import type { ActionRegistry } from "./action.ts";
import { registryOf } from "./action.ts";
import { ACTIONS as backup } from "./backup/pack.ts";
import { ACTIONS as files } from "./files/pack.ts";
import { ACTIONS as host } from "./host/pack.ts";
import { ACTIONS as http } from "./http/pack.ts";
import { ACTIONS as luks } from "./luks/pack.ts";
import { ACTIONS as postgres } from "./postgres/pack.ts";
import { ACTIONS as traffic } from "./traffic/pack.ts";

/** Every action that this agent can carry out. An action is written in its pack's folder and listed in the pack.ts there. */
export const ACTION_REGISTRY: ActionRegistry = registryOf([
  ...host,
  ...traffic,
  ...luks,
  ...files,
  ...postgres,
  ...backup,
  ...http,
]);
