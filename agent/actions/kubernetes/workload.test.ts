import { expect, test } from "vitest";
import type { KubernetesJson } from "../../tools/kubectl.ts";
import { newestReady, podsOwnedBy } from "./pods.ts";
import { judgeCondition } from "./wait.ts";
import type { WorkloadJson } from "./workload.ts";
import { asWorkload, judgeRollout, selectorText } from "./workload.ts";

function workload(status: object, spec: object = {}): WorkloadJson {
  return asWorkload({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", uid: "w", generation: 2, creationTimestamp: "", ownerReferences: [] },
    spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: { spec: { containers: [] } }, ...spec },
    status: { observedGeneration: 2, ...status },
  });
}

test("a rollout is complete when all pods are new and available, and the figures are of this change", () => {
  const good = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
  expect(judgeRollout("deployment", workload(good))).toMatchObject({ isComplete: true });
  const notYet = {
    "has not been taken up": { ...good, observedGeneration: 1 },
    "1 of 2 pods are of the new revision": { ...good, updatedReplicas: 1 },
    "1 old pods have still to end": { ...good, replicas: 3 },
    "0 of 2 pods are available": { ...good, availableReplicas: 0 },
  };
  for (const [detail, status] of Object.entries(notYet)) {
    expect(judgeRollout("deployment", workload(status))).toMatchObject({
      isComplete: false,
      hasFailed: false,
      detail: expect.stringContaining(detail),
    });
  }
  const stuck = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out" }];
  expect(judgeRollout("deployment", workload({ ...good, conditions: stuck }))).toMatchObject({
    hasFailed: true,
    detail: "timed out",
  });
});

test("a stateful set is judged by its revisions, and one that waits to have its pods deleted says so", () => {
  const renewed = { replicas: 2, readyReplicas: 2, currentRevision: "b", updateRevision: "b" };
  expect(judgeRollout("statefulset", workload(renewed))).toMatchObject({ isComplete: true });
  const onTheWay = { ...renewed, currentRevision: "a", updatedReplicas: 1 };
  expect(judgeRollout("statefulset", workload(onTheWay))).toMatchObject({ isComplete: false });
  const onDelete = workload(renewed, { updateStrategy: { type: "OnDelete" } });
  expect(judgeRollout("statefulset", onDelete).detail).toContain("OnDelete");
});

test("a selector is written as kubectl takes it", () => {
  const selector = {
    matchLabels: { app: "web" },
    matchExpressions: [
      { key: "tier", operator: "In", values: ["a", "b"] },
      { key: "track", operator: "NotIn", values: ["canary"] },
      { key: "live", operator: "Exists" },
      { key: "old", operator: "DoesNotExist" },
    ],
  };
  expect(selectorText(workload({}, { selector }))).toBe("app=web,tier in (a,b),track notin (canary),live,!old");
});

const item = (kind: string, name: string, owner: string, more: object = {}): KubernetesJson => ({
  apiVersion: "v1",
  kind,
  metadata: {
    ...{ name, uid: name, generation: 1, creationTimestamp: "", ownerReferences: [{ uid: owner }] },
    ...more,
  },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
});

test("pods are a workload's own by who made them, and the newest that is ready and stays is chosen", () => {
  const pods = podsOwnedBy("w", [
    item("ReplicaSet", "set", "w"),
    item("ReplicaSet", "other-set", "other"),
    item("Pod", "old", "set", { creationTimestamp: "2026-11-01T00:00:00Z" }),
    item("Pod", "new", "set", { creationTimestamp: "2026-11-02T00:00:00Z" }),
    item("Pod", "ending", "set", { creationTimestamp: "2026-11-03T00:00:00Z", deletionTimestamp: "2026" }),
    item("Pod", "other", "other-set", { creationTimestamp: "2026-11-04T00:00:00Z" }),
  ]);
  expect(pods.map(({ name }) => name)).toEqual(["old", "new", "ending"]);
  expect(newestReady(pods)?.name).toBe("new");
  expect(newestReady([])).toBeUndefined();
});

test("a condition of the time before the last change does not count, and a name is taken in any case", () => {
  const object = (observedGeneration: number): KubernetesJson => ({
    ...item("Deployment", "web", ""),
    status: { observedGeneration, conditions: [{ type: "Available", status: "True", reason: "R", message: "m" }] },
  });
  const wanted = { condition: "available", status: "True" };
  expect(judgeCondition(object(1), wanted)).toMatchObject({ isMet: true, reason: "R" });
  expect(judgeCondition(object(0), wanted)).toMatchObject({ isMet: false });
  expect(judgeCondition(object(1), { ...wanted, condition: "Progressing" })).toMatchObject({ isMet: false });
  expect(judgeCondition(undefined, wanted)).toMatchObject({ isMet: false, isPresent: false });
  expect(judgeCondition(undefined, { ...wanted, condition: "deleted" })).toMatchObject({ isMet: true });
  expect(judgeCondition(object(1), { ...wanted, condition: "Deleted" })).toMatchObject({ isMet: false });
});
