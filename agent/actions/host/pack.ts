import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { hostCipherBenchmarkAction } from "./cipherBenchmark.ts";
import { hostDiskAction } from "./disk.ts";
import { hostDiskErrorsAction } from "./diskErrors.ts";
import { hostFactsAction } from "./facts.ts";
import { hostPrerequisitesAction } from "./prerequisites.ts";

/** The actions of the pack `host`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [
  registered(hostFactsAction),
  registered(hostPrerequisitesAction),
  registered(hostDiskAction),
  registered(hostCipherBenchmarkAction),
  registered(hostDiskErrorsAction),
];
