/** One kind that the API server of the tests knows. */
export interface Resource {
  /** `apps/v1`, or `v1` for the core. */
  readonly groupVersion: string;
  readonly resource: string;
  readonly kind: string;
  readonly shortName: string;
  readonly hasScale?: true;
}

/** What it serves: as much as the actions use. */
export const RESOURCES: readonly Resource[] = [
  { groupVersion: "v1", resource: "pods", kind: "Pod", shortName: "po" },
  { groupVersion: "v1", resource: "services", kind: "Service", shortName: "svc" },
  { groupVersion: "v1", resource: "configmaps", kind: "ConfigMap", shortName: "cm" },
  { groupVersion: "apps/v1", resource: "deployments", kind: "Deployment", shortName: "deploy", hasScale: true },
  { groupVersion: "apps/v1", resource: "statefulsets", kind: "StatefulSet", shortName: "sts", hasScale: true },
  { groupVersion: "apps/v1", resource: "replicasets", kind: "ReplicaSet", shortName: "rs" },
];

const VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"];

/** The discovery documents, by path; undefined for a path that is none. */
export function discoveryDocument(path: string): object | undefined {
  if (path === "/version") return { major: "1", minor: "32", gitVersion: "v1.32.0", platform: "linux/amd64" };
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") return { kind: "APIGroupList", apiVersion: "v1", groups: [groupOf("apps/v1")] };
  if (path === "/apis/apps") return { kind: "APIGroup", apiVersion: "v1", ...groupOf("apps/v1") };
  if (path === "/api/v1") return listOf("v1");
  if (path === "/apis/apps/v1") return listOf("apps/v1");
  return undefined;
}

function groupOf(groupVersion: string): object {
  const [name, version] = groupVersion.split("/");
  const only = { groupVersion, version };
  return { name, versions: [only], preferredVersion: only };
}

function listOf(groupVersion: string): object {
  const resources = RESOURCES.filter((one) => one.groupVersion === groupVersion).flatMap((one) => [
    {
      name: one.resource,
      singularName: one.kind.toLowerCase(),
      namespaced: true,
      kind: one.kind,
      verbs: VERBS,
      shortNames: [one.shortName],
    },
    ...(one.hasScale
      ? [
          {
            ...{ name: `${one.resource}/scale`, singularName: "", namespaced: true, group: "autoscaling" },
            ...{ version: "v1", kind: "Scale", verbs: ["get", "patch", "update"] },
          },
        ]
      : []),
  ]);
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
}
