import { z } from "zod";
import { kubernetesScale } from "../../../domain/action/kubernetes.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { getPodsCall, scaleCall } from "../../tools/kubectl.ts";
import type { Action } from "../action.ts";
import { keepFile, readKept } from "../keptFile.ts";
import { lookUntil } from "./lookUntil.ts";
import type { Pod } from "./pods.ts";
import { holdsVolumes, readPods } from "./pods.ts";
import { objectMissing, readObject } from "./readObject.ts";
import type { WorkloadJson } from "./workload.ts";
import { asWorkload } from "./workload.ts";

type Args = z.output<typeof kubernetesScale.args>;
type Result = z.output<typeof kubernetesScale.result>;

/** The last change that was made here: a repeat must not take what the first attempt made for what was there before. */
const KeptReplicas = z.object({ from: z.int().min(0), to: z.int().min(0) });

const keptName = ({ cluster, workload }: Args) =>
  `replicas.${encodeURIComponent(`${cluster.context}:${cluster.namespace}:${workload.kind}:${workload.name}`)}.json`;

/** `kubernetes.scale`. */
export const kubernetesScaleAction: Action<typeof kubernetesScale.args, typeof kubernetesScale.result> = {
  spec: kubernetesScale,
  plan: ({ cluster, workload, replicas, waitMs }) => [
    { kind: "program", ...scaleCall(cluster, workload.kind, workload.name, replicas) },
    { kind: "program", ...getPodsCall(cluster, "…"), fillIn: "with its selector for …" },
    {
      kind: "note",
      text:
        replicas === 0
          ? `again and again, with the selector of the ${workload.kind}, until none of its pods is left, ${waitMs} ms at most`
          : `again and again, with the selector of the ${workload.kind}, until ${replicas} are ready, ${waitMs} ms at most`,
    },
  ],
  run: scale,
  inspect: async (args, context) => {
    const seen = await look(args, context);
    if (seen === undefined) return { state: "notBegun" };
    const before = (await readKept(keptName(args), KeptReplicas)) ?? { from: seen.workload.spec.replicas };
    if (isReached(args, seen)) return { state: "done", result: describe(args, seen, before.from, 0) };
    return seen.workload.spec.replicas === args.replicas
      ? { state: "halfWay", found: inWords(args, seen) }
      : { state: "notBegun" };
  },
};

interface Seen {
  readonly workload: WorkloadJson;
  readonly pods: readonly Pod[];
}

async function look({ cluster, workload: { kind, name } }: Args, context: ActionContext): Promise<Seen | undefined> {
  const object = await readObject({ cluster, kind, name }, context);
  if (object === undefined) return undefined;
  const workload = asWorkload(object);
  return { workload, pods: await readPods(cluster, workload, context) };
}

async function scale(args: Args, context: ActionContext): Promise<Result> {
  const { cluster, workload, replicas, waitMs } = args;
  const beganMs = performance.now();
  const first = await look(args, context);
  if (first === undefined) return absent(args);
  const before = await keepBefore(args, first.workload.spec.replicas, context);
  if (first.workload.spec.replicas !== replicas)
    await context.program(scaleCall(cluster, workload.kind, workload.name, replicas));
  const { last, holds, waitedMs } = await lookUntil(
    async () => {
      const seen = await look(args, context);
      if (seen === undefined) return objectMissing({ cluster, ...workload });
      tellProgress(args, seen, context);
      return seen;
    },
    (seen) => isReached(args, seen) || seen.workload.spec.replicas !== replicas,
    { waitMs, context },
  );
  if (last.workload.spec.replicas !== replicas) {
    throw new Failure(
      "expectationFailed",
      `The ${workload.kind} ${workload.name} was scaled to ${replicas}, and something has scaled it to ${last.workload.spec.replicas} since. Find out what (an autoscaler, a delivery tool), and stop that first.`,
    );
  }
  if (!holds) {
    throw new Failure("timedOut", `${inWords(args, last)} That is so after ${waitedMs} ms.`, {
      detail: last.pods.map((pod) => `${pod.name}: ${pod.isEnding ? "ending" : pod.phase}`).join("\n"),
    });
  }
  return describe(args, last, before, performance.now() - beganMs);
}

/** The number to go back to, on the disk before anything is changed. */
async function keepBefore(args: Args, now: number, context: ActionContext): Promise<number> {
  const { cluster, workload, replicas } = args;
  if (now === replicas) {
    const kept = await readKept(keptName(args), KeptReplicas);
    return kept?.to === replicas ? kept.from : now;
  }
  await keepFile(keptName(args), { from: now, to: replicas });
  const facts = { namespace: cluster.namespace, kind: workload.kind, name: workload.name, replicas: now };
  context.recordUndo({ kind: "replicas", facts });
  return now;
}

function absent(args: Args): Result {
  const { cluster, workload, replicas, allowAbsent } = args;
  if (!allowAbsent || replicas > 0) return objectMissing({ cluster, ...workload });
  const nothing = { replicas_before_count: 0, replicas_count: 0, ready_count: 0, pods_left_count: 0, duration_ms: 0 };
  return { is_present: false, ...nothing };
}

const left = ({ pods }: Seen) => pods.filter(holdsVolumes).length;
const ready = ({ pods }: Seen) => pods.filter((pod) => pod.isReady && !pod.isEnding).length;

function isReached({ replicas }: Args, seen: Seen): boolean {
  const { metadata, spec, status } = seen.workload;
  if (spec.replicas !== replicas || status.observedGeneration < metadata.generation) return false;
  return replicas === 0 ? left(seen) === 0 : ready(seen) >= replicas;
}

function inWords({ workload, replicas }: Args, seen: Seen): string {
  return replicas === 0
    ? `${left(seen)} pods of the ${workload.kind} ${workload.name} are not gone yet.`
    : `${ready(seen)} of ${replicas} pods of the ${workload.kind} ${workload.name} are ready.`;
}

function tellProgress(args: Args, seen: Seen, context: ActionContext): void {
  const total = args.replicas === 0 ? Math.max(seen.pods.length, left(seen)) : args.replicas;
  const done = args.replicas === 0 ? total - left(seen) : Math.min(ready(seen), total);
  context.progress({ done, total, unit: "steps" });
}

function describe({ replicas }: Args, seen: Seen, before: number, durationMs: number): Result {
  return {
    is_present: true,
    replicas_before_count: before,
    replicas_count: replicas,
    ready_count: ready(seen),
    pods_left_count: left(seen),
    duration_ms: Math.round(durationMs),
  };
}
