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
    apiVersion: z.string().max(253),
    kind: z.string().max(63),
    metadata: z.looseObject({ name: ObjectName, namespace: z.string().optional() }),
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
  });
/** One object of a manifest, as far as its kind and its name go; what else it says is the API server's to judge. */
export type KubernetesObject = z.infer<typeof KubernetesObject>;
