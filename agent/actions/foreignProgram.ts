import { Failure } from "../../domain/failure.ts";
import type { Inspection } from "./action.ts";

/**
 * The look after an unknown outcome at a program that we know nothing of. Only the runbook can say whether it may be run again; without
 * that it stays unknown, and a person decides.
 */
export function lookAtForeign(what: string, isRepeatable: boolean): Promise<Inspection<never>> {
  if (isRepeatable) {
    return Promise.resolve({ state: "halfWay", found: `How far ${what} came can't be told, and it may be repeated.` });
  }
  throw new Failure(
    "unknownOutcome",
    `Whether ${what} came to its end can't be told, and the runbook does not say that it is repeatable. Look at what it was to do, by hand.`,
  );
}
