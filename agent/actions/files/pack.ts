import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { filesCopyAction } from "./copy.ts";
import { filesManifestAction } from "./manifest.ts";
import { filesVerifyAction } from "./verify.ts";

/** The actions of the pack `files`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [
  registered(filesCopyAction),
  registered(filesVerifyAction),
  registered(filesManifestAction),
];
