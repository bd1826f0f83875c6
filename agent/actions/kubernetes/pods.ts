import { z } from "zod";
import type { KubernetesTarget, Workload } from "../../../domain/action/kubernetesTarget.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { KubernetesJson } from "../../tools/kubectl.ts";
import { getPodsCall, parseList } from "../../tools/kubectl.ts";
import { requireObject } from "./readObject.ts";
import type { WorkloadJson } from "./workload.ts";
import { asWorkload, selectorText } from "./workload.ts";

const PodStatus = z
  .object({
    phase: z.string().default("Unknown"),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  })
  .catch({ phase: "Unknown", conditions: [] });

/** A pod of a workload. */
export interface Pod {
  readonly name: string;
  readonly phase: string;
  readonly isReady: boolean;
  /** It was told to go, and its containers may still run. */
  readonly isEnding: boolean;
  readonly createdAt: string;
}

/**
 * The pods that belong to a workload: owned by it, or by a replica set of it. Labels alone would also find those of another
 * workload that has all of them and one more.
 */
export function podsOwnedBy(uid: string, list: readonly KubernetesJson[]): readonly Pod[] {
  const isOwned = ({ metadata }: KubernetesJson, owners: ReadonlySet<string>) =>
    metadata.ownerReferences.some((owner) => owners.has(owner.uid));
  const sets = list.filter((one) => one.kind === "ReplicaSet" && isOwned(one, new Set([uid])));
  const owners = new Set([uid, ...sets.map(({ metadata }) => metadata.uid)]);
  return list.filter((one) => one.kind === "Pod" && isOwned(one, owners)).map(asPod);
}

function asPod({ metadata, status }: KubernetesJson): Pod {
  const { phase, conditions } = PodStatus.parse(status ?? {});
  return {
    name: metadata.name,
    phase,
    isReady: conditions.some(({ type, status: is }) => type === "Ready" && is === "True"),
    isEnding: metadata.deletionTimestamp !== undefined,
    createdAt: metadata.creationTimestamp,
  };
}

/** Whether a pod still holds its volumes: one whose containers have all ended does not, though its entry may stay for long. */
export const holdsVolumes = ({ phase }: Pod) => phase !== "Succeeded" && phase !== "Failed";

/** Enough for a list of a thousand pods. */
const LARGEST_LIST_BYTES = 32 * 2 ** 20;

/** Looks up the pods of a workload as it is now. */
export async function readPods(
  cluster: KubernetesTarget,
  workload: WorkloadJson,
  context: ActionContext,
): Promise<readonly Pod[]> {
  return podsOwnedBy(workload.metadata.uid, await readList(cluster, selectorText(workload), context));
}

/** Those of some pods that are still there: of a workload that was deleted the replica sets may go before the pods. */
export async function readPodsNamed(
  cluster: KubernetesTarget,
  { names, selector }: { readonly names: readonly string[]; readonly selector: string },
  context: ActionContext,
): Promise<readonly Pod[]> {
  if (names.length === 0) return [];
  const list = await readList(cluster, selector, context);
  return list.filter(({ kind, metadata }) => kind === "Pod" && names.includes(metadata.name)).map(asPod);
}

async function readList(cluster: KubernetesTarget, selector: string, context: ActionContext) {
  const { stdout } = await context.program({
    ...getPodsCall(cluster, selector),
    stdout: { to: "callbacks" },
    captureBytes: LARGEST_LIST_BYTES,
  });
  return parseList(stdout.toString());
}

/** The pod that a program is run in: ready, not on its way out, the newest of these. Undefined where there is none. */
export function newestReady(pods: readonly Pod[]): Pod | undefined {
  return pods
    .filter((pod) => pod.isReady && !pod.isEnding)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.name.localeCompare(b.name))[0];
}

/** Finds that pod. Throws `objectMissing`, saying what pods there are. */
export async function requireReadyPod(
  cluster: KubernetesTarget,
  { kind, name }: Workload,
  context: ActionContext,
): Promise<string> {
  const workload = asWorkload(await requireObject({ cluster, kind, name }, context));
  const pods = await readPods(cluster, workload, context);
  const pod = newestReady(pods);
  if (pod !== undefined) return pod.name;
  const there = pods.map((one) => `${one.name} (${one.isEnding ? "ending" : one.phase})`).join(", ");
  throw new Failure("objectMissing", `No pod of the ${kind} ${name} is ready. There are: ${there || "none"}.`);
}
