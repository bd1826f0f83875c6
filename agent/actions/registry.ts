import { ACTIONS } from "../../domain/action/catalog.ts";
import type { ActionSpec } from "../../domain/action/defineAction.ts";
import type { ActionRegistry, RegisteredAction } from "./action.ts";
import { registryOf } from "./action.ts";
import { loadAction } from "./packs.ts";

/** Every action that this agent can carry out. It judges an order by the spec alone; what carries one out is loaded when it is first asked. */
export const ACTION_REGISTRY: ActionRegistry = registryOf(ACTIONS.map(loadedLater));

function loadedLater(spec: ActionSpec): RegisteredAction {
  const load = async (): Promise<RegisteredAction> => {
    const action = await loadAction(spec.name);
    if (action === undefined) throw new TypeError(`no pack has the action ${spec.name}`);
    return action;
  };
  return {
    spec,
    plan: async (args) => (await load()).plan(args),
    run: async (args, context) => (await load()).run(args, context),
    inspect: async (args, context) => (await load()).inspect(args, context),
    left: async (args, context) => (await load()).left(args, context),
  };
}
