import { z } from "zod";
import type { KubernetesTarget, ObjectKind } from "../../domain/action/kubernetesTarget.ts";
import { Failure } from "../../domain/failure.ts";
import type { ToolCall } from "./toolCall.ts";
import { failureBy, readJson } from "./toolCall.ts";

/**
 * kubectl ends with 1 whatever went wrong, so that its words decide; they are those of client-go and have been the same from 1.20 to
 * 1.33. What the API server refuses about the contents is for the author of the runbook; what it does not know of an account is for the
 * host's owner.
 */
const failureOf = failureBy({}, [
  { says: /\((?:NotFound)\)|the server doesn't have a resource type/, means: "objectMissing" },
  { says: /\((?:Forbidden|Unauthorized)\)|You must be logged in to the server/, means: "notPermitted" },
  {
    says: /\((?:Invalid|BadRequest|AlreadyExists|MethodNotAllowed|UnsupportedMediaType)\)|error validating|error parsing|is invalid\b|does not match the namespace|no matches for kind/,
    means: "argumentsInvalid",
  },
  {
    says: /Unable to connect to the server|connection to the server|connection refused|no such host|i\/o timeout|TLS handshake timeout|request canceled|deadline exceeded|x509:|\((?:ServiceUnavailable|InternalError|ServerTimeout|Timeout|TooManyRequests)\)|error loading config file|invalid configuration|context ".*" does not exist|the server is currently unable/,
    means: "kubernetesUnavailable",
  },
]);

/** Where kubectl may keep what it learned about a cluster's API. Without a place of its own it would make `.kube` in the root folder. */
const CACHE_DIRECTORY = process.env.SLACKWATER_CACHE_DIRECTORY ?? "/var/cache/slackwater-agent";
/** A request that has no answer after so long has none (kubectl's own default is to wait for ever). */
const REQUEST_TIMEOUT = "--request-timeout=30s";
/** What looking at objects may take as a whole: some requests in a row, and the discovery before the first. */
const LOOK_WITHIN_MS = 120_000;

/** The same words for every client from 1.20 on: nothing here needs a flag that came or changed since. */
function kubectl(target: KubernetesTarget, ...args: string[]): ToolCall {
  return {
    file: "kubectl",
    args: [
      `--kubeconfig=${target.kubeconfig}`,
      `--context=${target.context}`,
      `--namespace=${target.namespace}`,
      `--cache-dir=${CACHE_DIRECTORY}/kubectl`,
      ...args,
    ],
    debianPackage: "kubernetes-client",
    failureOf,
  };
}

/** With the group, so that a custom resource of the same short name is not meant by mistake. */
const RESOURCES: Readonly<Record<ObjectKind, string>> = {
  deployment: "deployments.apps",
  statefulset: "statefulsets.apps",
  service: "services",
  configmap: "configmaps",
  persistentvolumeclaim: "persistentvolumeclaims",
  job: "jobs.batch",
  pod: "pods",
};

/** A program's call that only looks. */
type Look = ToolCall & { readonly timeoutMs: number };

const look = (call: ToolCall): Look => ({ ...call, timeoutMs: LOOK_WITHIN_MS });

/** One object as JSON; nothing is printed where there is none of that name. */
export const getObjectCall = (target: KubernetesTarget, kind: ObjectKind, name: string): Look =>
  look(kubectl(target, "get", `${RESOURCES[kind]}/${name}`, "--ignore-not-found", "--output=json", REQUEST_TIMEOUT));

/** Pods of a selector and the replica sets above them, as one list. */
export const getPodsCall = (target: KubernetesTarget, selector: string): Look =>
  look(kubectl(target, "get", "replicasets.apps,pods", `--selector=${selector}`, "--output=json", REQUEST_TIMEOUT));

export const scaleCall = (target: KubernetesTarget, kind: "deployment" | "statefulset", name: string, to: number) =>
  look(kubectl(target, "scale", `${RESOURCES[kind]}/${name}`, `--replicas=${to}`, REQUEST_TIMEOUT));

/** Applies what stands on standard input: those bytes that were looked at, whatever became of the file since. */
export const applyCall = (target: KubernetesTarget, how: "dryRun" | "apply") =>
  look(
    kubectl(
      target,
      "apply",
      "--server-side=false",
      ...(how === "dryRun" ? ["--dry-run=server"] : []),
      "--filename=-",
      REQUEST_TIMEOUT,
    ),
  );

export const patchCall = (
  target: KubernetesTarget,
  of: { readonly kind: ObjectKind; readonly name: string },
  type: "strategic" | "merge",
  patch: string,
) =>
  look(
    kubectl(target, "patch", `${RESOURCES[of.kind]}/${of.name}`, `--type=${type}`, `--patch=${patch}`, REQUEST_TIMEOUT),
  );

/** Asks for the end of an object, and does not wait for it; one that is not there is none to end. */
export const deleteCall = (target: KubernetesTarget, kind: ObjectKind, name: string): Look =>
  look(kubectl(target, "delete", `${RESOURCES[kind]}/${name}`, "--ignore-not-found", "--wait=false", REQUEST_TIMEOUT));

/** What the pods of a selector use, as the metrics API has it. */
export const podMetricsCall = (target: KubernetesTarget, selector: string): Look => {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${target.namespace}/pods`;
  return look(kubectl(target, "get", `--raw=${path}?labelSelector=${encodeURIComponent(selector)}`, REQUEST_TIMEOUT));
};

/** Which container; empty: the pod's only one. */
const containerFlag = (name: string) => (name === "" ? [] : [`--container=${name}`]);

/** A program in a pod, without a shell and without a terminal. Its own exit code comes back: see `endOfExec`. */
export const execCall = (
  target: KubernetesTarget,
  at: { readonly pod: string; readonly containerName: string },
  argv: readonly string[],
  how: { readonly hasInput?: boolean } = {},
): ToolCall => ({
  ...kubectl(
    target,
    "exec",
    ...(how.hasInput === true ? ["--stdin"] : []),
    ...containerFlag(at.containerName),
    at.pod,
    "--",
    ...argv,
  ),
  acceptExitCodes: Array.from({ length: 256 }, (_, code) => code),
});

/** The last lines of a pod's log. */
export const logsCall = (
  target: KubernetesTarget,
  at: { readonly pod: string; readonly containerName: string },
  lines: number,
): Look =>
  look(kubectl(target, "logs", ...containerFlag(at.containerName), `--tail=${lines}`, at.pod, REQUEST_TIMEOUT));

/**
 * Tells the end of a program in a pod from a kubectl that could not run it: both end with an exit code, and only kubectl's words say
 * which. Throws the failure of the second.
 */
export function endOfExec(exitCode: number, stderr: string): number {
  if (exitCode === 0 || /^command terminated with exit code \d+$/m.test(stderr)) return exitCode;
  if (/executable file not found|no such file or directory/.test(stderr))
    throw new Failure("toolMissing", `The program is not in the container: ${lastLine(stderr)}`, { detail: stderr });
  throw new Failure(failureOf(exitCode, stderr), `kubectl could not run it in the pod: ${lastLine(stderr)}`, {
    detail: stderr,
  });
}

const lastLine = (text: string) => text.trimEnd().split("\n").at(-1)?.slice(0, 400) ?? "";

const KubernetesJson = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string().default(""),
    generation: z.int().min(0).default(0),
    creationTimestamp: z.string().default(""),
    deletionTimestamp: z.string().optional(),
    ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
  }),
  spec: z.unknown().optional(),
  status: z.unknown().optional(),
});
/** An object as the API server gives it, as far as every kind has it. */
export type KubernetesJson = z.infer<typeof KubernetesJson>;

/** Reads `kubectl get … --output=json` of one object; undefined where there is none. Throws `outputUnreadable`. */
export function parseObject(output: string): KubernetesJson | undefined {
  return output.trim() === "" ? undefined : readJson(output, KubernetesJson, "kubectl get");
}

const ListJson = z.object({ kind: z.literal("List"), items: z.array(KubernetesJson) });

/** Reads the list of more than one. Throws `outputUnreadable`. */
export function parseList(output: string): readonly KubernetesJson[] {
  return readJson(output, ListJson, "kubectl get").items;
}

/** One object that `kubectl apply` named, and what became of it. */
export interface Applied {
  /** `deployment.apps/web` */
  readonly object: string;
  readonly outcome: "created" | "configured" | "unchanged";
}

const APPLIED = /^([a-z0-9.]+\/[a-z0-9.-]+) (created|configured|unchanged)(?: \((?:server )?dry run\))?$/;

/** Reads the lines of `kubectl apply`; what is none of them (a warning) is passed over. */
export function parseApplied(output: string): readonly Applied[] {
  return output.split("\n").flatMap((line): Applied[] => {
    const [, object, outcome] = APPLIED.exec(line.trimEnd()) ?? [];
    if (object === undefined) return [];
    if (outcome === "created" || outcome === "configured" || outcome === "unchanged") return [{ object, outcome }];
    return [];
  });
}
