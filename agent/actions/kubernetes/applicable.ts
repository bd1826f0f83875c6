import type { KubernetesJson } from "../../tools/kubectl.ts";

/** Annotations that kubectl and the controllers write: applied again they would say of the new object what was true of the old one. */
const SERVER_ANNOTATIONS = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "deployment.kubernetes.io/revision",
  "deprecated.daemonset.template.generation",
];

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const without = (record: Json, keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));

/**
 * An object without what the API server keeps about it, so that it can be applied to what is there and to where nothing is: no status,
 * no identity, no version, no address that the cluster gave. Its namespace stays: applied to another one by mistake it is refused.
 */
export function applicable({ apiVersion, kind, metadata, status: _, ...rest }: KubernetesJson): Json {
  const annotations = isRecord(metadata.annotations) ? without(metadata.annotations, SERVER_ANNOTATIONS) : {};
  return {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      ...(typeof metadata.namespace === "string" ? { namespace: metadata.namespace } : {}),
      ...(isRecord(metadata.labels) ? { labels: metadata.labels } : {}),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    ...rest,
    ...(isRecord(rest.spec) ? { spec: kind === "Service" ? serviceSpec(rest.spec) : templateSpec(rest.spec) } : {}),
  };
}

/** An address is the cluster's to give, unless `None` says that there shall be none. */
function serviceSpec(spec: Json): Json {
  const given = spec.clusterIP === "None" ? [] : ["clusterIP", "clusterIPs"];
  return without(spec, [...given, "healthCheckNodePort"]);
}

/** The template of pods has a time of creation, always null, that some versions refuse. */
function templateSpec(spec: Json): Json {
  if (!isRecord(spec.template) || !isRecord(spec.template.metadata)) return spec;
  return { ...spec, template: { ...spec.template, metadata: without(spec.template.metadata, ["creationTimestamp"]) } };
}
