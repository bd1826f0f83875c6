import { fold } from "../../domain/run/evolve.ts";
import type { Names } from "../../domain/run/names.ts";
import { namesIn } from "../../domain/run/names.ts";
import type { RunState } from "../../domain/run/state.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import type { Compile } from "../approval/compileOnce.ts";
import { sha256 } from "../approval/ownReading.ts";
import type { RunPack } from "./packFiles.ts";

/** A run read from its pack: its plan, where it stands, and how its parts and people are called. */
export interface PackedRun {
  readonly pack: RunPack;
  readonly plan: CompiledRunbook;
  readonly state: RunState;
  readonly names: Names;
}

/** Compiles and folds a pack, or says in words why it can't be. Throws IllegalTransition where events can't follow each other. */
export async function readRun(pack: RunPack, compile: Compile): Promise<PackedRun | string> {
  const plan = await compile(pack.about.runbookText, sha256);
  if (typeof plan === "string") return `its runbook can't be read by this version of the agent: ${plan}`;
  const state = fold(pack.events);
  if (state === undefined) return "it has no events";
  if (plan.digests.executable !== state.executableDigest) {
    return "its runbook compiles to something else here than what was decided: agent and server have different versions";
  }
  return { pack, plan, state, names: namesOf(pack, plan) };
}

/** How people, hosts and the parts of the runbook are called in this pack. */
function namesOf({ about }: RunPack, plan: CompiledRunbook): Names {
  const people = new Map<string, string>(about.people.map(({ userId, name }) => [userId, name]));
  const hosts = new Map<string, string>(about.hosts.map(({ hostId, name }) => [hostId, name]));
  return {
    ...namesIn(plan),
    person: (userId) => people.get(userId) ?? userId,
    host: (hostId) => hosts.get(hostId) ?? hostId,
  };
}
