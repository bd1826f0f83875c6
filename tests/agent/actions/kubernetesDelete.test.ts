import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createBench, makeRoom } from "./support/bench.ts";
import type { KubernetesApi } from "./support/kubernetes/api.ts";
import { startKubernetesApi } from "./support/kubernetes/api.ts";
import { deployment } from "./support/kubernetes/deployment.ts";
import { KubernetesStore } from "./support/kubernetes/store.ts";

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;
if (!hasKubectl) console.warn("SKIPPED, kubernetes.delete and top: kubectl (kubernetes-client) is not installed");

describe.skipIf(!hasKubectl)("a namespace of a cluster, by the host's own kubectl", () => {
  const room = makeRoom();
  const kubeconfig = join(room, "kubeconfig");
  const cluster = { kubeconfig, context: "test", namespace: "hyperpage" };
  const web = { kind: "deployment", name: "hyperpage" };
  const keptIn = join(room, "before.json");
  const args = { cluster, ...web, keptIn };
  const { run, fails, inspect, undo } = createBench();
  let api: KubernetesApi;
  const stored = () => api.store.objects.get(KubernetesStore.key("deployments", "hyperpage", "hyperpage"));
  const pods = () => api.store.list("pods", "hyperpage", "");

  beforeAll(async () => {
    api = await startKubernetesApi(kubeconfig, "hyperpage");
  });
  afterAll(async () => {
    await api.close();
    rmSync(room, { recursive: true, force: true });
  });
  beforeEach(async () => {
    Object.assign(api.store.pace, { startMs: 20, endMs: 300 });
    api.store.objects.clear();
    api.podUsage.clear();
    rmSync(keptIn, { force: true });
    undo.length = 0;
    api.store.write("deployments", "hyperpage", deployment("hyperpage", "hyperpage:v1.0.0-postgres"));
    await run("kubernetes.export", { cluster, ...web, to: keptIn });
  });

  test("a deployment that is kept in a file is gone with its pods, and can be applied again", async () => {
    api.store.write("deployments", "hyperpage", deployment("hyperpage", "hyperpage:v1.0.0-postgres", {}, 1));
    const before = pods().length;
    expect(before).toBeGreaterThan(0);
    expect(await run("kubernetes.delete", args)).toMatchObject({ was_present: true, pods_left_count: 0 });
    expect([stored(), pods()]).toEqual([undefined, []]);
    expect(undo).toMatchObject([{ kind: "deleted", facts: { name: "hyperpage", keptIn } }]);
    expect((await fails("kubernetes.delete", args)).code).toBe("objectMissing");
    expect(await run("kubernetes.delete", { ...args, allowAbsent: true })).toMatchObject({ was_present: false });
    expect(await run("kubernetes.apply", { cluster, file: keptIn })).toMatchObject({ created_count: 1 });
    expect(stored()?.spec?.replicas).toBe(2);
  });

  test("what was changed since it was kept is left alone, and so is what is kept nowhere", async () => {
    api.store.write("deployments", "hyperpage", deployment("hyperpage", "hyperpage:hotfix"));
    expect((await fails("kubernetes.delete", args)).message).toContain("is not what");
    writeFileSync(keptIn, readFileSync(keptIn, "utf8").slice(0, 40));
    expect((await fails("kubernetes.delete", args)).code).toBe("expectationFailed");
    rmSync(keptIn);
    expect((await fails("kubernetes.delete", args)).code).toBe("deviceMissing");
    expect(stored()).toBeDefined();
    expect(undo).toEqual([]);
  });

  test("an attempt that was broken off is gone on with: its pods are waited for, by their names", async () => {
    api.store.pace.endMs = 3_000;
    expect((await fails("kubernetes.delete", { ...args, waitMs: 0 })).code).toBe("timedOut");
    expect(stored()).toBeUndefined();
    expect((await inspect("kubernetes.delete", args)).state).toBe("halfWay");
    expect(await run("kubernetes.delete", args)).toMatchObject({ was_present: true });
    expect(pods()).toEqual([]);
    expect((await inspect("kubernetes.delete", args)).state).toBe("notBegun");
  });

  test("an object that something makes anew at once is said to be one", async () => {
    const { end } = api.store;
    api.store.end = (resource, object) => {
      end.call(api.store, resource, object);
      api.store.write("deployments", "hyperpage", deployment("hyperpage", "hyperpage:v1.0.0-postgres"));
    };
    try {
      expect((await fails("kubernetes.delete", args)).message).toContain("has made it anew");
    } finally {
      api.store.end = end;
    }
  });

  test("what pods use is added up, and a cluster that keeps no figures is an answer", async () => {
    const top = { cluster, workload: { name: "hyperpage" } };
    expect(await run("kubernetes.top", top)).toMatchObject({ is_known: false, pods_count: 0 });
    api.podUsage.set("another-pod", { cpu: "3", memory: "9Gi" });
    expect(await run("kubernetes.top", top)).toMatchObject({ is_known: false, detail: expect.stringContaining("yet") });
    const [first, second] = pods().map(({ metadata }) => metadata.name);
    api.podUsage.set(first ?? "", { cpu: "250m", memory: "64Mi" });
    api.podUsage.set(second ?? "", { cpu: "1500000n", memory: "1000Ki" });
    expect(await run("kubernetes.top", top)).toMatchObject({
      ...{ is_known: true, pods_count: 2, cpu_cores: 0.2515 },
      ...{ memory_bytes: 64 * 2 ** 20 + 1_024_000, largest_memory_bytes: 64 * 2 ** 20 },
    });
  });
});
