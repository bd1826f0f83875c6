import { z } from "zod";
import { AbsolutePath } from "./argument.ts";
import { role } from "./roles.ts";

/** A DNS label (RFC 1123), as namespaces and containers are named. It can't begin with a hyphen, so that none is taken for an option. */
const DnsLabel = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a DNS label such as shop-web");

/**
 * Name of an object in a namespace: DNS labels with dots between them. Kubernetes allows the dots, and so a name can begin neither
 * with a hyphen nor with a dot.
 */
export const ObjectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, "the name of a Kubernetes object");

/** Name of a container in a pod, or empty text. */
export const ContainerInPod = z
  .union([z.literal(""), DnsLabel])
  .describe("Name of a container in the pod; empty: the only one, or the one that the pod names as its default.");

/**
 * Where in which cluster an action works. All three are named by the runbook and held against `kubernetes` in agent.yaml: the
 * context that is current in a kubeconfig can be changed by anybody's `kubectl config use-context` after the approval.
 */
export const KubernetesTarget = z
  .strictObject({
    kubeconfig: AbsolutePath.meta(role("kubeconfig")).describe(
      "File on the host with the address of the cluster and the account that is used there.",
    ),
    context: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9@:._/-]{0,252}$/, "the name of a context in the kubeconfig")
      .describe("Name of the context in that file."),
    namespace: DnsLabel.meta(role("namespace")).describe("The namespace that objects are looked up and changed in."),
  })
  .meta({
    title: "Kubernetes cluster",
    description:
      "The cluster and the namespace in it. All three are held against `kubernetes` in agent.yaml; which context is the current one in the kubeconfig does not matter.",
  });
/** A namespace of a cluster, and how it is reached from the host. */
export type KubernetesTarget = z.infer<typeof KubernetesTarget>;

/** The cluster of the examples in the documentation. */
export const EXAMPLE_NAMESPACE: z.input<typeof KubernetesTarget> = {
  kubeconfig: "/etc/slackwater/kubernetes/web.conf",
  context: "slackwater@production",
  namespace: "shop",
};

export const WorkloadKind = z.enum(["deployment", "statefulset"]).describe("What runs the pods.");
/** What runs pods and can be scaled. */
export type WorkloadKind = z.infer<typeof WorkloadKind>;

export const Workload = z
  .strictObject({
    kind: WorkloadKind.default("deployment"),
    name: ObjectName.describe("Name of the deployment or the stateful set."),
  })
  .meta({ title: "Workload", description: "The deployment or the stateful set whose pods are meant." });
/** A deployment or a stateful set by its name. */
export type Workload = z.infer<typeof Workload>;

export const ObjectKind = z
  .enum(["deployment", "statefulset", "service", "configmap", "persistentvolumeclaim", "job", "pod"])
  .describe("Kind of the object.");
/** The kinds that are read or patched one by one. Secrets are not among them: their contents would lie in files and logs. */
export type ObjectKind = z.infer<typeof ObjectKind>;

export const ExportKind = ObjectKind.extract(["deployment", "statefulset", "service", "configmap"]).describe(
  "Kind of the object: those that can be applied again just as they were.",
);
/** The kinds that are exported: those that can be applied again just as they were. */
export type ExportKind = z.infer<typeof ExportKind>;
