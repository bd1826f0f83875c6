import fc from "fast-check";
import { expect, test } from "vitest";
import {
  applyCall,
  endOfExec,
  execCall,
  getObjectCall,
  getPodsCall,
  logsCall,
  parseApplied,
  parseList,
  parseObject,
  patchCall,
  scaleCall,
} from "./kubectl.ts";
import type { ToolCall } from "./toolCall.ts";

const target = { kubeconfig: "/etc/kubernetes/web.conf", context: "web@prod", namespace: "hyperpage" };
const AT =
  "kubectl --kubeconfig=/etc/kubernetes/web.conf --context=web@prod --namespace=hyperpage --cache-dir=/var/cache/slackwater-agent/kubectl";
const words = ({ file, args }: ToolCall) => [file, ...args].join(" ").replace(`${AT} `, "");

// The same for kubectl 1.20 (Debian 12) and 1.32: tests/agent/actions/kubernetes.test.ts runs them with the one of the machine.
test("every call names the kubeconfig, the context and the namespace, and resources with their group", () => {
  expect(
    [
      getObjectCall(target, "deployment", "web"),
      getPodsCall(target, "app=web,tier in (a,b)"),
      scaleCall(target, "statefulset", "db", 0),
      applyCall(target, "dryRun"),
      applyCall(target, "apply"),
      patchCall(target, { kind: "service", name: "web" }, "merge", '{"spec":{}}'),
      execCall(target, { pod: "web-1", containerName: "" }, ["sqlite3", "-readonly", "a.db"]),
      execCall(target, { pod: "web-1", containerName: "app" }, ["dd", "of=/x"], { hasInput: true }),
      logsCall(target, { pod: "web-1", containerName: "app" }, 100),
    ].map(words),
  ).toEqual([
    "get deployments.apps/web --ignore-not-found --output=json --request-timeout=30s",
    "get replicasets.apps,pods --selector=app=web,tier in (a,b) --output=json --request-timeout=30s",
    "scale statefulsets.apps/db --replicas=0 --request-timeout=30s",
    "apply --server-side=false --dry-run=server --filename=- --request-timeout=30s",
    "apply --server-side=false --filename=- --request-timeout=30s",
    'patch services/web --type=merge --patch={"spec":{}} --request-timeout=30s',
    "exec web-1 -- sqlite3 -readonly a.db",
    "exec --stdin --container=app web-1 -- dd of=/x",
    "logs --container=app --tail=100 web-1 --request-timeout=30s",
  ]);
});

// Captured from kubectl 1.20.2 and 1.32.4.
test("what kubectl complains of is told by who can mend it", () => {
  const failure = (stderr: string) => getObjectCall(target, "deployment", "web").failureOf?.(1, stderr);
  const meanings = {
    'Error from server (NotFound): deployments.apps "web" not found': "objectMissing",
    'Error from server (Forbidden): pods is forbidden: User "test" cannot list resource "pods"': "notPermitted",
    "error: You must be logged in to the server (Unauthorized)": "notPermitted",
    'The Deployment "web" is invalid: spec.template.spec.containers: Required value': "argumentsInvalid",
    'Error from server (BadRequest): error when creating "STDIN": unknown field "spec.replica"': "argumentsInvalid",
    'error: unable to recognize "STDIN": no matches for kind "PrometheusRule" in version "monitoring.coreos.com/v1"':
      "argumentsInvalid",
    "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?":
      "kubernetesUnavailable",
    "Unable to connect to the server: x509: certificate signed by unknown authority": "kubernetesUnavailable",
    'error: context "production" does not exist': "kubernetesUnavailable",
    "Error from server (Conflict): the object has been modified": "programFailed",
  };
  for (const [stderr, code] of Object.entries(meanings)) expect(failure(stderr), stderr).toBe(code);
});

test("the exit code of a program in a pod is told from a kubectl that could not run it", () => {
  expect(endOfExec(0, "")).toBe(0);
  expect(endOfExec(1, "no such table\ncommand terminated with exit code 1\n")).toBe(1);
  expect(() => endOfExec(1, 'error: exec: "curl": executable file not found in $PATH')).toThrow(/not in the container/);
  expect(() => endOfExec(1, 'Error from server (NotFound): pods "web-1" not found')).toThrow(/could not run/);
});

test("an object that is not there is undefined, and what is none is refused by name", () => {
  expect(parseObject("\n")).toBeUndefined();
  const object = { apiVersion: "v1", kind: "Service", metadata: { name: "web", uid: "1", resourceVersion: "7" } };
  expect(parseObject(JSON.stringify(object))).toMatchObject(object);
  const garbage = fc.oneof(
    fc.string().filter((text) => text.trim() !== ""),
    fc.json(),
  );
  fc.assert(
    fc.property(garbage, (text) => {
      expect(() => parseObject(text)).toThrow(/kubectl get/);
      expect(() => parseList(text)).toThrow(/kubectl get/);
    }),
  );
});

test("each object that was applied is told with what became of it, and warnings are no objects", () => {
  const output = [
    "Warning: resource deployments/web is missing the kubectl.kubernetes.io/last-applied-configuration annotation",
    "configmap/settings created",
    "deployment.apps/web configured (server dry run)",
    "service/web unchanged",
    "job.batch/old pruned",
  ];
  expect(parseApplied(`${output.join("\n")}\n`)).toEqual([
    { object: "configmap/settings", outcome: "created" },
    { object: "deployment.apps/web", outcome: "configured" },
    { object: "service/web", outcome: "unchanged" },
  ]);
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseApplied(text))));
});
