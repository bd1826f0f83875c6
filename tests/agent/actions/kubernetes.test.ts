import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { nightlyTest } from "../../support/nightly.ts";
import { createBench, makeRoom } from "./support/bench.ts";
import type { KubernetesApi } from "./support/kubernetes/api.ts";
import { startKubernetesApi } from "./support/kubernetes/api.ts";
import { deployment, LABELS as labels } from "./support/kubernetes/deployment.ts";
import { KubernetesStore } from "./support/kubernetes/store.ts";

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;
if (!hasKubectl)
  console.warn("SKIPPED, the actions of the pack kubernetes: kubectl (kubernetes-client) is not installed");

const room = makeRoom();
const kubeconfig = join(room, "kubeconfig");
const cluster = { kubeconfig, context: "test", namespace: "hyperpage" };
const web = { kind: "deployment", name: "hyperpage" };

describe.skipIf(!hasKubectl)("a namespace of a cluster, by the host's own kubectl", () => {
  let api: KubernetesApi;
  const { run, fails, inspect, undo, log } = createBench();
  const stored = (resource: string, name: string) =>
    api.store.objects.get(KubernetesStore.key(resource, "hyperpage", name));

  beforeAll(async () => {
    api = await startKubernetesApi(kubeconfig, "hyperpage");
  });
  afterAll(async () => {
    await api.close();
    rmSync(room, { recursive: true, force: true });
  });
  beforeEach(() => {
    Object.assign(api.store.pace, { startMs: 50, endMs: 300 });
    api.store.objects.clear();
    api.store.write("deployments", "hyperpage", deployment("hyperpage", "hyperpage:v1.0.0-postgres"));
    api.store.write("services", "hyperpage", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "hyperpage-service" },
      spec: { clusterIP: "10.0.0.7", selector: labels, ports: [{ port: 80, targetPort: 3000 }] },
    });
    undo.length = 0;
    log.length = 0;
  });

  test("a deployment is exported so that it can be applied again, and an earlier manifest is never written over", async () => {
    const to = join(room, "before.json");
    const kept = await run("kubernetes.export", { cluster, kind: "deployment", name: "hyperpage", to });
    expect(kept).toMatchObject({ path: to, replicas_count: 2, images: ["hyperpage:v1.0.0-postgres"] });
    const { status, metadata } = JSON.parse(readFileSync(to, "utf8"));
    expect(status).toBeUndefined();
    expect(metadata).toEqual({ name: "hyperpage", namespace: "hyperpage", labels });
    expect(await inspect("kubernetes.export", { cluster, ...web, to })).toMatchObject({ state: "done", result: kept });

    api.store.write("deployments", "hyperpage", deployment("hyperpage", "hyperpage:broken"));
    const over = await fails("kubernetes.export", { cluster, ...web, to });
    expect(over).toMatchObject({ code: "expectationFailed", message: expect.stringContaining(to) });
    const restored = await run("kubernetes.apply", { cluster, file: to, expectSha256: kept.sha256 });
    expect(restored).toMatchObject({ configured_count: 1, sha256: kept.sha256 });
    expect(JSON.stringify(stored("deployments", "hyperpage")?.spec)).toContain("v1.0.0-postgres");
  });

  test("a deployment at 0 is done when its pods are gone and not when they were told to go; those of others don't count", async () => {
    api.store.write("deployments", "hyperpage", deployment("other", "other:1", { component: "other" }, 1));
    const scaled = await run("kubernetes.scale", { cluster, workload: web, replicas: 0 });
    expect(scaled).toMatchObject({ is_present: true, replicas_before_count: 2, pods_left_count: 0 });
    expect(Number(scaled.duration_ms)).toBeGreaterThanOrEqual(300);
    expect(api.store.list("pods", "hyperpage", "app=hyperpage")).toHaveLength(1);
    expect(undo).toEqual([
      { kind: "replicas", facts: { namespace: "hyperpage", kind: "deployment", name: "hyperpage", replicas: 2 } },
    ]);
    // A repeat still knows the number to go back to.
    const again = await run("kubernetes.scale", { cluster, workload: web, replicas: 0 });
    expect(again.replicas_before_count).toBe(2);
    expect(await inspect("kubernetes.scale", { cluster, workload: web, replicas: 0 })).toMatchObject({ state: "done" });
    const back = await run("kubernetes.scale", { cluster, workload: web, replicas: 2 });
    expect(back).toMatchObject({ replicas_before_count: 0, ready_count: 2 });
  });

  nightlyTest(
    "a pod that does not end in time is a failure that names it, and the claim is not taken for free",
    async () => {
      api.store.pace.endMs = 60_000;
      const late = await fails("kubernetes.scale", { cluster, workload: web, replicas: 0, waitMs: 100 });
      expect(late).toMatchObject({ code: "timedOut", detail: expect.stringMatching(/^hyperpage-\w+: ending/) });
    },
  );

  test("a deployment that is not there may be scaled to 0 only where the runbook says so", async () => {
    const workload = { name: "hyperpage-postgres-init" };
    const absent = await run("kubernetes.scale", { cluster, workload, replicas: 0, allowAbsent: true });
    expect(absent).toMatchObject({ is_present: false, replicas_count: 0 });
    expect((await fails("kubernetes.scale", { cluster, workload, replicas: 0 })).code).toBe("objectMissing");
    expect((await fails("kubernetes.scale", { cluster, workload, replicas: 1, allowAbsent: true })).code).toBe(
      "objectMissing",
    );
  });

  test("objects of the runbook are applied as a whole or not at all, and what was there already is said to be unchanged", async () => {
    const settings = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "hyperpage-config-rollback" },
      data: { USE_SQLITE: "true", POSTGRES_HOST: "" },
    };
    const rollback = deployment("hyperpage-rollback", "hyperpage:v0.0.9-sqlite", { component: "rollback" }, 1);
    const broken = { ...rollback, spec: { ...rollback.spec, template: { metadata: {}, spec: { containers: [] } } } };
    const refused = await fails("kubernetes.apply", { cluster, objects: [settings, broken] });
    expect(refused).toMatchObject({ code: "argumentsInvalid", message: expect.stringContaining("containers") });
    expect(stored("configmaps", "hyperpage-config-rollback")).toBeUndefined();

    const objects = [settings, rollback];
    expect(await inspect("kubernetes.apply", { cluster, objects })).toEqual({ state: "notBegun" });
    const applied = await run("kubernetes.apply", { cluster, objects });
    expect(applied).toMatchObject({
      objects: ["configmap/hyperpage-config-rollback created", "deployment.apps/hyperpage-rollback created"],
      created_count: 2,
    });
    expect(stored("configmaps", "hyperpage-config-rollback")?.data).toEqual(settings.data);
    expect(undo.at(-1)?.facts.created).toBe("configmap/hyperpage-config-rollback deployment.apps/hyperpage-rollback");
    const repeated = await inspect("kubernetes.apply", { cluster, objects });
    expect(repeated).toMatchObject({ state: "done", result: { unchanged_count: 2 } });
  });

  test("a manifest that reaches beyond the namespace, or is not the expected one, is refused before kubectl sees it", async () => {
    const file = join(room, "other.yaml");
    const before = api.requests.length;
    const apply = (text: string, more = {}) => {
      writeFileSync(file, text);
      return fails("kubernetes.apply", { cluster, file, ...more });
    };
    const map = (rest: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n${rest}`;
    expect(await apply(map("  namespace: kube-system\n"))).toMatchObject({ code: "argumentsInvalid" });
    expect(
      await apply("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: { name: a }\n"),
    ).toMatchObject({ code: "argumentsInvalid", message: expect.stringContaining("ClusterRoleBinding") });
    expect(await apply(map("data: { mode: 0644 }\n"))).toMatchObject({ message: expect.stringContaining("YAML 1.1") });
    expect(await apply(map("data: {}\n"), { expectSha256: "0".repeat(64) })).toMatchObject({
      code: "expectationFailed",
    });
    expect(api.requests).toHaveLength(before);
  });

  test("a service is pointed elsewhere by a patch, and put back by the patch that the result holds", async () => {
    const target = { cluster, kind: "service", name: "hyperpage-service" };
    const selector = { app: "hyperpage", component: "rollback" };
    const patched = await run("kubernetes.patch", { ...target, patch: { spec: { selector } } });
    expect(patched).toMatchObject({ changed: true });
    expect(stored("services", "hyperpage-service")?.spec?.selector).toEqual(selector);
    const again = await run("kubernetes.patch", { ...target, patch: { spec: { selector } } });
    expect(again.changed).toBe(false);
    await run("kubernetes.patch", { ...target, type: "merge", patch: patched.reverse_patch });
    expect(stored("services", "hyperpage-service")?.spec?.selector).toEqual(labels);
  });

  test("a rollout and a condition are waited for, and one that does not come is a result and no failure", async () => {
    api.store.pace.startMs = Number.POSITIVE_INFINITY;
    api.store.write("deployments", "hyperpage", deployment("stuck", "none:1", { component: "stuck" }, 1));
    const stuck = { cluster, kind: "deployment", name: "stuck" };
    expect(await run("kubernetes.rolloutStatus", { cluster, workload: { name: "stuck" } })).toMatchObject({
      is_complete: false,
      available_count: 0,
      detail: "0 of 1 pods are available",
    });
    expect(await run("kubernetes.wait", { ...stuck, condition: "available", waitMs: 0 })).toMatchObject({
      is_met: false,
      status: "False",
    });
    expect(await run("kubernetes.rolloutStatus", { cluster, workload: web, waitMs: 5_000 })).toMatchObject({
      is_complete: true,
      available_count: 2,
    });
    expect(await run("kubernetes.wait", { cluster, ...web, condition: "Available" })).toMatchObject({ is_met: true });
    setTimeout(() => api.store.remove("deployments", "hyperpage", "stuck"), 300);
    expect(await run("kubernetes.wait", { ...stuck, condition: "deleted", waitMs: 5_000 })).toMatchObject({
      is_met: true,
      is_present: false,
    });
  });

  test("an API server that is away for a while is waited for; away at the end it is a failure with its name", async () => {
    await api.pause();
    setTimeout(() => void api.resume(), 700);
    const waited = await run("kubernetes.rolloutStatus", { cluster, workload: web, waitMs: 20_000 });
    expect(waited.is_complete).toBe(true);
    expect(log.join("\n")).toContain("Asking again.");
    await api.pause();
    expect((await fails("kubernetes.rolloutStatus", { cluster, workload: web })).code).toBe("kubernetesUnavailable");
    await api.resume();
  });

  test("errors are counted in the log of every pod, without those that are known to be harmless", async () => {
    const pods = api.store.list("pods", "hyperpage", "app=hyperpage");
    await run("kubernetes.rolloutStatus", { cluster, workload: web, waitMs: 5_000 });
    api.podLogs.set(pods[0]!.metadata.name, "an old error\nERROR: database is locked\nready\n");
    api.podLogs.set(pods[1]!.metadata.name, "error: favicon.ico not found\n\u001b[31merror\u001b[0m in red\n");
    const looked = await run("kubernetes.logs", { cluster, workload: web, lines: 2, benign: ["favicon"] });
    expect(looked).toMatchObject({ ok: false, pods_count: 2, lines_count: 4, errors_count: 2 });
    expect(JSON.stringify(looked.errors)).not.toContain("\\u001b");
  });

  nightlyTest(
    "a program runs in a ready pod without a shell, and its exit code is its own and not kubectl's",
    async () => {
      await run("kubernetes.rolloutStatus", { cluster, workload: web, waitMs: 5_000 });
      const exec = { cluster, workload: web };
      const counted = await run("kubernetes.exec", { ...exec, argv: ["printf", "%s", "$(id)", ";", "true"] });
      expect(counted).toMatchObject({ exit_code: 0, output: "$(id);true", pod: expect.stringMatching(/^hyperpage-/) });
      const sum = await run("kubernetes.exec", { ...exec, argv: ["expr", "40", "+", "1"] });
      expect(sum).toMatchObject({ number: 41 });
      await expect(inspect("kubernetes.exec", { ...exec, argv: ["true"] })).rejects.toMatchObject({
        code: "unknownOutcome",
      });
      const absent = ["test", "-f", join(room, "no.db")];
      expect(await run("kubernetes.exec", { ...exec, argv: absent, acceptExitCodes: [0, 1] })).toMatchObject({
        exit_code: 1,
      });
      expect((await fails("kubernetes.exec", { ...exec, argv: absent })).code).toBe("programFailed");
      expect((await fails("kubernetes.exec", { ...exec, argv: ["no-such-program"] })).code).toBe("toolMissing");
    },
  );

  nightlyTest(
    "a file goes into a pod and out of it whole, has its name only when it is proven, and replaces nothing on the host",
    async () => {
      await run("kubernetes.rolloutStatus", { cluster, workload: web, waitMs: 5_000 });
      const [backup, inPod, fetched] = ["backup.db", "live.db", "fetched.db"].map((name) => join(room, name));
      writeFileSync(backup!, randomBytes(300_000));
      const sha256 = createHash("sha256").update(readFileSync(backup!)).digest("hex");
      const inward = { cluster, workload: web, inPod, fromFile: backup };
      expect(await inspect("kubernetes.cp", inward)).toEqual({ state: "notBegun" });
      const copied = await run("kubernetes.cp", inward);
      expect(copied).toMatchObject({ direction: "in", size_bytes: 300_000, sha256 });
      expect(readFileSync(inPod!).equals(readFileSync(backup!))).toBe(true);
      expect(await inspect("kubernetes.cp", inward)).toMatchObject({ state: "done", result: { sha256 } });

      const outward = { cluster, workload: web, inPod, toFile: fetched };
      expect(await run("kubernetes.cp", outward)).toMatchObject({ direction: "out", sha256 });
      expect(readFileSync(fetched!).equals(readFileSync(backup!))).toBe(true);
      writeFileSync(inPod!, "changed since");
      expect((await fails("kubernetes.cp", outward)).code).toBe("expectationFailed");
      expect(readFileSync(fetched!).equals(readFileSync(backup!))).toBe(true);
      const none = { ...outward, inPod: join(room, "nothing.db"), toFile: join(room, "nothing") };
      expect((await fails("kubernetes.cp", none)).code).toBe("objectMissing");
      expect(readdirSync(room).filter((name) => name.endsWith("-part"))).toEqual([]);
    },
  );

  test("an account that may not reach a namespace, a context that is not there and an object that is missing are told apart", async () => {
    const look = (changes: object, name = "hyperpage") =>
      fails("kubernetes.rolloutStatus", { cluster: { ...cluster, ...changes }, workload: { name } });
    expect((await look({ namespace: "kube-system" })).code).toBe("notPermitted");
    expect((await look({ context: "production" })).code).toBe("kubernetesUnavailable");
    expect(await look({}, "nobody")).toMatchObject({
      code: "objectMissing",
      message: expect.stringContaining("nobody"),
    });
  });
});
