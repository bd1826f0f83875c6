import { performWith } from "../../../agent/actions/performWith.ts";
import { BENCH_ACTIONS } from "./benchRegistry.ts";

/** The module that the agent's runner loads. */
export const perform = performWith(async (name) => BENCH_ACTIONS.get(name));
