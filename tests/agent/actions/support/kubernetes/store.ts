import { randomUUID } from "node:crypto";

/** An object as it is stored: JSON that somebody may change. */
export interface Stored {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown> & { name: string; namespace: string; uid: string; generation: number };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [key: string]: unknown;
}

/** How quick the cluster is, and what does not work in it. Changed by a test at any time. */
export interface ClusterPace {
  /** Until a new pod is ready (ms); Infinity: never. */
  startMs: number;
  /** From the order to a pod to go until it is gone (ms). */
  endMs: number;
}

/**
 * The objects of the cluster, and as much of its controllers as the actions wait for: a workload gets as many pods as it wants, those
 * that are too many end in their own time.
 */
export class KubernetesStore {
  readonly objects = new Map<string, Stored>();
  readonly pace: ClusterPace = { startMs: 50, endMs: 300 };
  readonly #timers = new Set<NodeJS.Timeout>();
  #version = 100;

  static key(resource: string, namespace: string, name: string): string {
    return `${resource}/${namespace}/${name}`;
  }

  /** Stores an object that somebody gave, with what the server keeps about it. */
  write(resource: string, namespace: string, given: object): Stored {
    const { metadata, ...rest } = given as Stored;
    const key = KubernetesStore.key(resource, namespace, metadata.name);
    const before = this.objects.get(key);
    const isChanged = JSON.stringify(before?.spec) !== JSON.stringify(rest.spec);
    const object: Stored = {
      ...rest,
      metadata: {
        ...metadata,
        namespace,
        uid: before?.metadata.uid ?? metadata.uid ?? randomUUID(),
        creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString(),
        generation: (before?.metadata.generation ?? 0) + (isChanged ? 1 : 0),
        resourceVersion: before?.metadata.resourceVersion,
      },
    };
    if (JSON.stringify(before) === JSON.stringify(object)) return object;
    this.#version += 1;
    object.metadata.resourceVersion = String(this.#version);
    this.objects.set(key, object);
    if (resource === "deployments" || resource === "statefulsets") this.#settle(resource, object);
    return object;
  }

  remove(resource: string, namespace: string, name: string): void {
    this.objects.delete(KubernetesStore.key(resource, namespace, name));
  }

  /** Deletes an object as somebody asked; its pods go after it, and their replica set before them, as a garbage collector may do it. */
  end(resource: string, { metadata: { name, namespace = "", uid } }: Stored): void {
    const set = `${name}-set`;
    const owner =
      resource === "deployments"
        ? this.objects.get(KubernetesStore.key("replicasets", namespace, set))?.metadata.uid
        : uid;
    this.remove(resource, namespace, name);
    if (resource === "deployments") this.remove("replicasets", namespace, set);
    for (const pod of owner === undefined ? [] : this.#podsOf(namespace, owner)) {
      pod.metadata.deletionTimestamp = new Date().toISOString();
      this.#later(this.pace.endMs, () => this.remove("pods", namespace, pod.metadata.name));
    }
  }

  list(resource: string, namespace: string, selector: string): Stored[] {
    return [...this.objects.entries()]
      .filter(([key, object]) => key.startsWith(`${resource}/${namespace}/`) && matches(object, selector))
      .map(([, object]) => object);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #later(ms: number, then: () => void): void {
    if (!Number.isFinite(ms)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }

  #settle(resource: string, workload: Stored): void {
    const { name, namespace, uid } = workload.metadata;
    const wanted = Number(workload.spec?.replicas ?? 1);
    const owner = resource === "deployments" ? this.#replicaSet(workload).metadata.uid : uid;
    const pods = this.#podsOf(namespace, owner).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    for (const pod of pods.slice(wanted)) {
      pod.metadata.deletionTimestamp = new Date().toISOString();
      this.#later(this.pace.endMs, () => {
        this.remove("pods", namespace, pod.metadata.name);
        this.#tell(resource, namespace, name, owner);
      });
    }
    for (let i = pods.length; i < wanted; i += 1) {
      const pod = this.write("pods", namespace, {
        ...{ apiVersion: "v1", kind: "Pod", spec: templateOf(workload).spec, status: { phase: "Pending" } },
        metadata: {
          ...{ name: `${name}-${randomUUID().slice(0, 8)}`, labels: labelsOf(workload) },
          ownerReferences: [{ uid: owner }],
        },
      });
      this.#later(this.pace.startMs, () => {
        pod.status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
        this.#tell(resource, namespace, name, owner);
      });
    }
    this.#tell(resource, namespace, name, owner);
  }

  #replicaSet(workload: Stored): Stored {
    const { name, namespace, uid } = workload.metadata;
    const set = `${name}-set`;
    const there = this.objects.get(KubernetesStore.key("replicasets", namespace, set));
    if (there !== undefined) return there;
    return this.write("replicasets", namespace, {
      ...{ apiVersion: "apps/v1", kind: "ReplicaSet", spec: {} },
      metadata: { name: set, labels: labelsOf(workload), ownerReferences: [{ uid }] },
    });
  }

  #podsOf(namespace: string, owner: string): Stored[] {
    const isOwned = (pod: Stored) => (pod.metadata.ownerReferences as { uid: string }[])?.some((o) => o.uid === owner);
    return this.list("pods", namespace, "").filter(isOwned);
  }

  /** What the controller says of a workload, by the pods that there are. */
  #tell(resource: string, namespace: string, name: string, owner: string): void {
    const workload = this.objects.get(KubernetesStore.key(resource, namespace, name));
    if (workload === undefined) return;
    const pods = this.#podsOf(namespace, owner).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const ready = pods.filter(({ status }) => status?.phase === "Running").length;
    const isAvailable = ready >= Number(workload.spec?.replicas ?? 1);
    workload.status = {
      observedGeneration: workload.metadata.generation,
      replicas: pods.length,
      updatedReplicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      conditions: [{ type: "Available", status: isAvailable ? "True" : "False", reason: "OfTheTest", message: "" }],
    };
  }
}

const templateOf = (workload: Stored) =>
  workload.spec?.template as { metadata: { labels: Record<string, string> }; spec: Record<string, unknown> };
const labelsOf = (workload: Stored) => templateOf(workload).metadata.labels;

/** Equality only, as the actions' own selectors are in these tests. */
function matches({ metadata }: Stored, selector: string): boolean {
  const labels = (metadata.labels ?? {}) as Record<string, string>;
  const pairs = selector === "" ? [] : selector.split(",").map((pair) => pair.split("="));
  return pairs.every(([key, value]) => labels[key!] === value);
}
