import { Failure } from "../../domain/failure.ts";
import type { ActionContext, Perform, RunnerTask } from "../process/actionContext.ts";
import type { RegisteredAction } from "./action.ts";

/**
 * Carries out one task in its runner. After an unknown outcome it looks first: what is done already is reported with its result
 * and nothing is done twice; what was half done is gone on with. `find` gives an action by its name.
 */
export function performWith(find: (name: string) => Promise<RegisteredAction | undefined>): Perform {
  return async (task, context) => {
    const action = await find(task.action);
    if (action === undefined) throw new Failure("actionUnknown", `This agent has no action ${task.action}.`);
    const found = task.inspectFirst ? await lookFirst(action, task, context) : undefined;
    return found ?? { ...(await action.run(task.arguments, context)) };
  };
}

async function lookFirst(
  action: RegisteredAction,
  task: RunnerTask,
  context: ActionContext,
): Promise<Record<string, unknown> | undefined> {
  const inspection = await action.inspect(task.arguments, context);
  switch (inspection.state) {
    case "done":
      context.log("Inspected: it is done already. Nothing was done again.");
      return { ...inspection.result };
    case "notBegun":
      context.log("Inspected: nothing of it has been done. It is done now.");
      return undefined;
    case "halfWay":
      context.log(`Inspected: half done. ${inspection.found} It goes on from there.`);
      return undefined;
    default:
      return inspection satisfies never;
  }
}
