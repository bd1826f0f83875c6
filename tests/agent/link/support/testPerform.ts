import { performWith } from "../../../../agent/actions/performWith.ts";
import { TEST_ACTIONS } from "./testActions.ts";

/** What the runner loads for the agents of these tests. */
export const perform = performWith(async (name) => TEST_ACTIONS.get(name));
