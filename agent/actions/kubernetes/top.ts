import { z } from "zod";
import { kubernetesTop } from "../../../domain/action/kubernetes.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { podMetricsCall } from "../../tools/kubectl.ts";
import { readJson } from "../../tools/toolCall.ts";
import { observing } from "../observing.ts";
import { readPods } from "./pods.ts";
import { quantityOf } from "./quantity.ts";
import { requireObject } from "./readObject.ts";
import { asWorkload, selectorText } from "./workload.ts";

type Args = z.output<typeof kubernetesTop.args>;
type Result = z.output<typeof kubernetesTop.result>;

/** As metrics.k8s.io/v1beta1 answers, which is what `kubectl top` makes its table of. */
const PodMetricsList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      containers: z.array(z.object({ usage: z.object({ cpu: z.string(), memory: z.string() }) })),
    }),
  ),
});

const NOTHING_KNOWN = { is_known: false, pods_count: 0, cpu_cores: 0, memory_bytes: 0, largest_memory_bytes: 0 };

/** `kubernetes.top`. The figures as the API has them: the table of `kubectl top` rounds them. */
export const kubernetesTopAction = observing(kubernetesTop, {
  plan: ({ cluster }) => [
    { kind: "program", ...podMetricsCall(cluster, "…"), fillIn: "with the selector of its pods for …" },
  ],
  run: measure,
});

async function measure({ cluster, workload }: Args, context: ActionContext): Promise<Result> {
  const found = asWorkload(await requireObject({ cluster, ...workload }, context));
  const names = new Set((await readPods(cluster, found, context)).map(({ name }) => name));
  const answer = await context.program(podMetricsCall(cluster, selectorText(found))).catch((error: unknown) => {
    // A cluster without metrics-server, or one that does not answer for it.
    const isUnknown = error instanceof Failure && ["objectMissing", "kubernetesUnavailable"].includes(error.code);
    if (isUnknown) return undefined;
    throw error;
  });
  if (answer === undefined)
    return { ...NOTHING_KNOWN, detail: "This cluster has no figures of pods (metrics.k8s.io)." };
  const { items } = readJson(answer.stdout.toString(), PodMetricsList, "kubectl get");
  const used = items
    .filter(({ metadata }) => names.has(metadata.name))
    .map(({ containers }) => ({
      cpu: sum(containers.map(({ usage }) => quantityOf(usage.cpu))),
      memory: sum(containers.map(({ usage }) => quantityOf(usage.memory))),
    }));
  if (used.length === 0) return { ...NOTHING_KNOWN, detail: "There are no figures of these pods yet." };
  return {
    is_known: true,
    pods_count: used.length,
    cpu_cores: sum(used.map(({ cpu }) => cpu)),
    memory_bytes: Math.round(sum(used.map(({ memory }) => memory))),
    largest_memory_bytes: Math.round(Math.max(...used.map(({ memory }) => memory))),
    detail: "",
  };
}

const sum = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((all, one) => all + (one ?? 0), 0);
