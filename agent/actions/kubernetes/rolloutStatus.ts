import { kubernetesRolloutStatus } from "../../../domain/action/kubernetes.ts";
import { getObjectCall } from "../../tools/kubectl.ts";
import { observing } from "../observing.ts";
import { lookUntil } from "./lookUntil.ts";
import { requireObject } from "./readObject.ts";
import { asWorkload, judgeRollout } from "./workload.ts";

/**
 * `kubernetes.rolloutStatus`. Asked again and again rather than by `kubectl rollout status`, which gives no figures, and which can't be
 * told a failed rollout from a lost connection.
 */
export const kubernetesRolloutStatusAction = observing(kubernetesRolloutStatus, {
  plan: ({ cluster, workload, waitMs }) => [
    { kind: "program", ...getObjectCall(cluster, workload.kind, workload.name) },
    { kind: "note", text: `again and again until the rollout has ended, ${waitMs} ms at most` },
  ],
  run: async ({ cluster, workload: { kind, name }, waitMs }, context) => {
    const { last, waitedMs } = await lookUntil(
      async () => asWorkload(await requireObject({ cluster, kind, name }, context)),
      (seen) => judgeRollout(kind, seen).isComplete || judgeRollout(kind, seen).hasFailed,
      { waitMs, context },
    );
    const { isComplete, hasFailed, detail } = judgeRollout(kind, last);
    return {
      is_complete: isComplete,
      has_failed: hasFailed,
      replicas_count: last.spec.replicas,
      updated_count: last.status.updatedReplicas,
      ready_count: last.status.readyReplicas,
      available_count: last.status.availableReplicas,
      waited_ms: waitedMs,
      detail,
    };
  },
});
