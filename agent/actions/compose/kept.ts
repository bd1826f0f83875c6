import { z } from "zod";
import type { ComposeProject } from "../../../domain/action/compose.ts";
import { forgetKept, keepFile, readKept } from "../keptFile.ts";

type Named = Pick<ComposeProject, "name">;

const Policies = z.record(z.string(), z.string());
const Overlays = z.array(z.object({ path: z.string(), sha256: z.string() }));
/** An overlay that is on, with what it was when it was put on. */
export type KeptOverlay = z.infer<typeof Overlays>[number];

const policiesFile = ({ name }: Named) => `compose-restart.${name}.json`;
const overlaysFile = ({ name }: Named) => `compose-overlays.${name}.json`;

/** Restart policies of a project's containers, by name, from before they were stopped; empty where none were kept. */
export async function keptPolicies(project: Named): Promise<Readonly<Record<string, string>>> {
  return (await readKept(policiesFile(project), Policies)) ?? {};
}

/** Keeps those of containers that are about to be stopped. The first one kept wins: a repeat must not keep our own `no`. */
export async function keepPolicies(project: Named, policies: Readonly<Record<string, string>>): Promise<void> {
  await keepFile(policiesFile(project), { ...policies, ...(await keptPolicies(project)) });
}

/** Forgets those of containers that have theirs back. */
export async function forgetPolicies(project: Named, names: readonly string[]): Promise<void> {
  const left = Object.entries(await keptPolicies(project)).filter(([name]) => !names.includes(name));
  if (left.length === 0) await forgetKept(policiesFile(project));
  else await keepFile(policiesFile(project), Object.fromEntries(left));
}

/** The overlays that are on, in the order in which they were put on. */
export async function keptOverlays(project: Named): Promise<readonly KeptOverlay[]> {
  return (await readKept(overlaysFile(project), Overlays)) ?? [];
}

/** Remembers which are on from now on. */
export async function keepOverlays(project: Named, overlays: readonly KeptOverlay[]): Promise<void> {
  if (overlays.length === 0) await forgetKept(overlaysFile(project));
  else await keepFile(overlaysFile(project), overlays);
}
