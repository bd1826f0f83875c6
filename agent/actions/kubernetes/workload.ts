import { z } from "zod";
import type { WorkloadKind } from "../../../domain/action/kubernetesTarget.ts";
import { Failure } from "../../../domain/failure.ts";
import type { KubernetesJson } from "../../tools/kubectl.ts";
import { Condition } from "./condition.ts";

const count = z.int().min(0).default(0);

const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
});

const WorkloadJson = z.object({
  metadata: z.object({ name: z.string(), uid: z.string(), generation: z.int() }),
  spec: z.object({
    replicas: z.int().min(0).default(1),
    selector: Selector,
    updateStrategy: z.object({ type: z.string().default("") }).prefault({}),
    template: z.object({
      spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string().default("") })) }),
    }),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      currentRevision: z.string().default(""),
      updateRevision: z.string().default(""),
      conditions: z.array(Condition).default([]),
    })
    .prefault({}),
});
/** A deployment or a stateful set, as far as scaling and rolling out go. */
export type WorkloadJson = z.infer<typeof WorkloadJson>;

/** Reads an object as a workload. Throws `outputUnreadable`. */
export function asWorkload(object: KubernetesJson): WorkloadJson {
  const read = WorkloadJson.safeParse(object);
  if (read.success) return read.data;
  throw new Failure("outputUnreadable", `${object.kind} ${object.metadata.name} has not the shape of a workload.`, {
    cause: read.error,
  });
}

/** The selector of a workload's pods as `--selector` takes it. Labels can hold neither a comma nor a sign. */
export function selectorText({ spec }: WorkloadJson): string {
  const { matchLabels, matchExpressions } = spec.selector;
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = matchExpressions.map(({ key, operator, values }) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator === "NotIn" ? "notin" : "in"} (${values.join(",")})`;
  });
  return [...equal, ...others].join(",");
}

/** How far a rollout is. */
export interface RolloutSeen {
  readonly isComplete: boolean;
  readonly hasFailed: boolean;
  /** In words, as people ask for it. */
  readonly detail: string;
}

/**
 * Judges a rollout by what `kubectl rollout status` goes by. The generation comes first: figures of the time before the change would
 * say that all is well.
 */
export function judgeRollout(kind: WorkloadKind, { metadata, spec, status }: WorkloadJson): RolloutSeen {
  const going = (detail: string): RolloutSeen => ({ isComplete: false, hasFailed: false, detail });
  const wanted = spec.replicas;
  if (status.observedGeneration < metadata.generation) return going("the change has not been taken up yet");
  const progressing = status.conditions.find(({ type }) => type === "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded")
    return { isComplete: false, hasFailed: true, detail: progressing.message || "no progress within its deadline" };
  if (kind === "statefulset" && spec.updateStrategy.type === "OnDelete")
    return going("its update strategy is OnDelete: pods change when somebody deletes them");
  const renewed =
    kind === "statefulset" && status.updateRevision === status.currentRevision ? wanted : status.updatedReplicas;
  if (renewed < wanted) return going(`${renewed} of ${wanted} pods are of the new revision`);
  if (status.replicas > wanted) return going(`${status.replicas - wanted} old pods have still to end`);
  // Stateful sets tell of available pods only from 1.22 on.
  const available = kind === "statefulset" ? status.readyReplicas : status.availableReplicas;
  if (available < wanted) return going(`${available} of ${wanted} pods are available`);
  return { isComplete: true, hasFailed: false, detail: `${available} of ${wanted} pods are available` };
}
