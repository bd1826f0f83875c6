import type { LoadedAction } from "./action.ts";

/**
 * The packs by the first word of their actions' names, each loaded when it is wanted: a runner carries out one action, and what it
 * need not load makes each task begin sooner. An action is written in its pack's folder and listed in the pack.ts there.
 */
const PACKS: Readonly<Record<string, () => Promise<{ readonly ACTIONS: readonly LoadedAction[] }>>> = {
  host: () => import("./host/pack.ts"),
  traffic: () => import("./traffic/pack.ts"),
  luks: () => import("./luks/pack.ts"),
  files: () => import("./files/pack.ts"),
  postgres: () => import("./postgres/pack.ts"),
  backup: () => import("./backup/pack.ts"),
  http: () => import("./http/pack.ts"),
  prometheus: () => import("./prometheus/pack.ts"),
  sql: () => import("./sql/pack.ts"),
  sqlite: () => import("./sqlite/pack.ts"),
  compose: () => import("./compose/pack.ts"),
  kubernetes: () => import("./kubernetes/pack.ts"),
  script: () => import("./script/pack.ts"),
};

/** An action by its name, with nothing loaded but its pack; undefined where this agent has none of that name. */
export async function loadAction(name: string): Promise<LoadedAction | undefined> {
  const [pack = ""] = name.split(".", 1);
  const load = Object.hasOwn(PACKS, pack) ? PACKS[pack] : undefined;
  if (load === undefined) return undefined;
  const { ACTIONS } = await load();
  return ACTIONS.find(({ spec }) => spec.name === name);
}

/** The actions of all packs, in the order of the packs: for what looks at all of them, which no agent and no runner does. */
export async function loadEveryAction(): Promise<readonly LoadedAction[]> {
  const packs = await Promise.all(Object.values(PACKS).map((load) => load()));
  return packs.flatMap(({ ACTIONS }) => ACTIONS);
}
