import type { z } from "zod";
import type { ActionSpec } from "../../domain/action/defineAction.ts";
import type { ActionContext } from "../process/actionContext.ts";
import type { Action, PlannedCall } from "./action.ts";

/**
 * An action that only reads. After an unknown outcome there is nothing to look for: it is simply measured again, so `inspect` always
 * answers that nothing has been done.
 */
export function observing<Args extends z.ZodType, Result extends z.ZodType>(
  spec: ActionSpec<Args, Result>,
  how: {
    plan(args: z.output<Args>): readonly PlannedCall[];
    run(args: z.output<Args>, context: ActionContext): Promise<z.output<Result>>;
  },
): Action<Args, Result> {
  return { spec, plan: how.plan, run: how.run, inspect: () => Promise.resolve({ state: "notBegun" }) };
}
