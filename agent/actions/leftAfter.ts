import type { Instant } from "../../domain/time.ts";
import type { JournalledOrder } from "../journal/entries.ts";
import { createDirectContext } from "../process/directContext.ts";
import type { Leftovers } from "../process/supervise.ts";
import type { ActionRegistry } from "./action.ts";

/** How long the look may take (ms): the cancel's receipt waits for it. */
const LOOK_WITHIN_MS = 20_000;

/** Looks what a cancelled task has left on this host besides processes, as its action knows it. Changes nothing. */
export function leftAfter(
  actions: ActionRegistry,
  now: () => Instant,
): (order: Pick<JournalledOrder, "action" | "arguments">) => Promise<Leftovers> {
  return async (order) => {
    const context = createDirectContext({ signal: AbortSignal.timeout(LOOK_WITHIN_MS), now });
    return (await actions.get(order.action)?.left(order.arguments, context)) ?? [];
  };
}
