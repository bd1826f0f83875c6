import { z } from "zod";
import { ObjectName } from "./kubernetesTarget.ts";

/**
 * What may be applied, by group and version: kinds that live in a namespace and give nobody rights. `--namespace` does not hold
 * back what has no namespace (a ClusterRoleBinding would be applied all the same), so that the list is closed here. Secrets are left
 * out because their values would stand in the runbook, in files and in logs.
 */
const APPLIED_KINDS: Readonly<Record<string, readonly string[]>> = {
  v1: ["ConfigMap", "Service", "PersistentVolumeClaim"],
  "apps/v1": ["Deployment", "StatefulSet", "DaemonSet"],
  "batch/v1": ["Job", "CronJob"],
  "autoscaling/v1": ["HorizontalPodAutoscaler"],
  "autoscaling/v2": ["HorizontalPodAutoscaler"],
  "policy/v1": ["PodDisruptionBudget"],
  "networking.k8s.io/v1": ["Ingress", "NetworkPolicy"],
  "monitoring.coreos.com/v1": ["PrometheusRule", "ServiceMonitor", "PodMonitor"],
};

export const KubernetesObject = z
  .looseObject({
    apiVersion: z.string().max(253).describe("Group and version of the kind, such as `apps/v1`."),
    kind: z.string().max(63).describe("The kind, such as `Deployment`: one of those that may be applied."),
    metadata: z
      .looseObject({
        name: ObjectName.describe("Name of the object."),
        namespace: z
          .string()
          .optional()
          .describe("Where it is given, it must be the namespace of `cluster`: another one is refused."),
      })
      .describe("Name, labels and annotations of the object."),
  })
  .superRefine(({ apiVersion, kind }, context) => {
    const known = Object.hasOwn(APPLIED_KINDS, apiVersion) ? APPLIED_KINDS[apiVersion] : undefined;
    if (known?.includes(kind) === true) return;
    const all = Object.entries(APPLIED_KINDS).flatMap(([version, kinds]) => kinds.map((one) => `${version} ${one}`));
    context.addIssue({
      code: "custom",
      path: ["kind"],
      message: `${apiVersion} ${kind} can't be applied by a runbook; these can: ${all.join(", ")}`,
    });
  })
  .meta({
    title: "Kubernetes object",
    description: `An object as it stands in a manifest, with whatever else its kind has, such as \`spec\`. Kinds that may be applied: ${describedKinds()}. All others are refused, among them those without a namespace, those that give rights, and secrets, whose values would stand in the runbook.`,
  });
/** One object of a manifest, as far as its kind and its name go; what else it says is the API server's to judge. */
export type KubernetesObject = z.infer<typeof KubernetesObject>;

function describedKinds(): string {
  return [...new Set(Object.values(APPLIED_KINDS).flat())].join(", ");
}
