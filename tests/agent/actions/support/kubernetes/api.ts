import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { answerExecSocket } from "./execSocket.ts";
import { answerExecSpdy } from "./execSpdy.ts";
import { openapiDocument } from "./openapi.ts";
import { mergePatch, strategicPatch } from "./patches.ts";
import type { Resource } from "./resources.ts";
import { discoveryDocument, RESOURCES } from "./resources.ts";
import type { Stored } from "./store.ts";
import { KubernetesStore } from "./store.ts";

/** The one account that it lets in. */
const TOKEN = "a-token-of-the-tests";

/** A Kubernetes API server for kubectl to talk to: a real socket, its own objects, and no cluster behind it. */
export interface KubernetesApi {
  readonly store: KubernetesStore;
  /** Each request, as `GET /api/v1/…?query`. */
  readonly requests: string[];
  /** What pods have said, by their name. */
  readonly podLogs: Map<string, string>;
  /** What pods use, by their name; while there is nothing in it the cluster has no metrics API. */
  readonly podUsage: Map<string, { readonly cpu: string; readonly memory: string }>;
  /** Only this namespace may be reached by its account; all others are forbidden. */
  readonly namespace: string;
  /** Stops listening and answering, for good or until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** Starts one, and writes a kubeconfig with the context `test` for it. */
export async function startKubernetesApi(kubeconfig: string, namespace: string): Promise<KubernetesApi> {
  const store = new KubernetesStore();
  const requests: string[] = [];
  const podLogs = new Map<string, string>();
  const podUsage: KubernetesApi["podUsage"] = new Map();
  const certificate = makeCertificate(kubeconfig);
  const server = createServer(certificate, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response, { store, podLogs, podUsage, namespace }).catch((error: unknown) => {
      fail(response, 500, "InternalError", String(error));
    });
  });
  const upgraded = new Set<Duplex>();
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    requests.push(`${request.method} ${request.url}`);
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    answerExec(request, socket, head, { store, podLogs, podUsage, namespace });
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  writeFileSync(kubeconfig, kubeconfigOf(port, certificate.cert), { mode: 0o600 });
  return {
    ...{ store, requests, podLogs, podUsage, namespace },
    pause: () => stop(server),
    resume: () => listen(port),
    close: async () => {
      store.close();
      for (const socket of upgraded) socket.destroy();
      await stop(server);
    },
  };
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

/** A certificate for the loopback address, beside the kubeconfig: kubectl sends a token over TLS only. */
function makeCertificate(beside: string): { readonly key: string; readonly cert: string } {
  const [key, cert] = [`${beside}.key`, `${beside}.crt`];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const args = ["req", "-x509", "-days", "1", ...curve, ...name, "-keyout", key, "-out", cert];
  execFileSync("openssl", args, { stdio: "pipe" });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

function kubeconfigOf(port: number, cert: string): string {
  const authority = Buffer.from(cert).toString("base64");
  const cluster = { server: `https://127.0.0.1:${port}`, "certificate-authority-data": authority };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster }],
    users: [{ name: "test", user: { token: TOKEN } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
  });
}

interface World {
  readonly store: KubernetesStore;
  readonly podLogs: ReadonlyMap<string, string>;
  readonly podUsage: KubernetesApi["podUsage"];
  readonly namespace: string;
}

/** Where a request points: `/apis/apps/v1/namespaces/shop/deployments/web/scale`. */
interface Place {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

function placeOf(path: string): Place | undefined {
  const found = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
    path,
  );
  if (!found) return undefined;
  const [, core, group, namespace = "", plural, name = "", subresource = ""] = found;
  const resource = RESOURCES.find((one) => one.groupVersion === (core ?? group) && one.resource === plural);
  return resource && { resource, namespace, name, subresource };
}

async function answer(request: IncomingMessage, response: ServerResponse, world: World): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const body = await bodyOf(request);
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return fail(response, 401, "Unauthorized", "Unauthorized");
  const document = discoveryDocument(url.pathname);
  if (document) return json(response, 200, document);
  if (url.pathname === "/openapi/v2") {
    response.writeHead(200, { "content-type": "application/com.github.proto-openapi.spec.v2.v1.0+protobuf" });
    return void response.end(openapiDocument(RESOURCES));
  }
  if (url.pathname === `/apis/metrics.k8s.io/v1beta1/namespaces/${world.namespace}/pods` && world.podUsage.size > 0)
    return metricsOf(response, world, url);
  const place = placeOf(url.pathname);
  if (!place) return fail(response, 404, "NotFound", "the server could not find the requested resource");
  if (place.namespace !== world.namespace) {
    const what = `${place.resource.resource} is forbidden: User "test" cannot touch it in the namespace "${place.namespace}"`;
    return fail(response, 403, "Forbidden", what);
  }
  if (place.subresource === "log") return logOf(response, world, place, url);
  if (place.subresource === "scale") return scaleOf(request, response, body, world, place);
  return objectsOf(request, response, body, { ...world, url, place });
}

/** A program in a pod, over the kind of connection that the client's version asks for. */
function answerExec(request: IncomingMessage, socket: Duplex, head: Buffer, world: World): void {
  const url = new URL(request.url ?? "/", "http://localhost");
  const place = placeOf(url.pathname);
  const pod = place && world.store.objects.get(KubernetesStore.key("pods", place.namespace, place.name));
  const isAllowed = request.headers.authorization === `Bearer ${TOKEN}` && place?.namespace === world.namespace;
  if (!isAllowed || pod === undefined || place?.subresource !== "exec")
    return void socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
  if (request.headers.upgrade?.toLowerCase() === "websocket") answerExecSocket(request, socket, head, url.searchParams);
  else answerExecSpdy(socket, head, url.searchParams);
}

function logOf(response: ServerResponse, { podLogs }: World, { name }: Place, url: URL): void {
  const lines = (podLogs.get(name) ?? "").split("\n").filter(Boolean);
  const last = lines.slice(-Number(url.searchParams.get("tailLines") ?? lines.length));
  response.writeHead(200, { "content-type": "text/plain" });
  response.end(last.map((line) => `${line}\n`).join(""));
}

function metricsOf(response: ServerResponse, { store, podUsage, namespace }: World, url: URL): void {
  const pods = store.list("pods", namespace, url.searchParams.get("labelSelector") ?? "");
  const items = pods.flatMap(({ metadata }) => {
    const usage = podUsage.get(metadata.name);
    return usage ? [{ metadata: { name: metadata.name }, containers: [{ name: "main", usage }] }] : [];
  });
  json(response, 200, { kind: "PodMetricsList", apiVersion: "metrics.k8s.io/v1beta1", metadata: {}, items });
}

function scaleOf(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  { store }: World,
  place: Place,
): void {
  const workload = store.objects.get(KubernetesStore.key(place.resource.resource, place.namespace, place.name));
  if (!workload) return notFound(response, place);
  if (request.method !== "GET") {
    const { spec } = JSON.parse(body) as { spec: { replicas: number } };
    store.write(place.resource.resource, place.namespace, {
      ...workload,
      spec: { ...workload.spec, replicas: spec.replicas },
    });
  }
  const now = store.objects.get(KubernetesStore.key(place.resource.resource, place.namespace, place.name));
  const { name, namespace, uid, resourceVersion } = now!.metadata;
  json(response, 200, {
    ...{ kind: "Scale", apiVersion: "autoscaling/v1", metadata: { name, namespace, uid, resourceVersion } },
    spec: { replicas: now!.spec?.replicas },
    status: { replicas: 0, selector: "" },
  });
}

function objectsOf(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  { store, place, url }: World & { readonly place: Place; readonly url: URL },
): void {
  const { resource, namespace, name } = place;
  const isDry = url.searchParams.get("dryRun") === "All";
  const save = (object: Record<string, unknown>): Stored | Record<string, unknown> =>
    isDry ? object : store.write(resource.resource, namespace, object);
  if (name === "" && request.method === "POST") {
    const given = JSON.parse(body) as Record<string, unknown>;
    return checked(response, given, () => json(response, 201, save(given)));
  }
  if (name === "") {
    const items = store.list(resource.resource, namespace, url.searchParams.get("labelSelector") ?? "");
    const list = { kind: `${resource.kind}List`, apiVersion: resource.groupVersion, metadata: {} };
    return json(response, 200, { ...list, items: items.map(({ kind: _, apiVersion: __, ...item }) => item) });
  }
  const there = store.objects.get(KubernetesStore.key(resource.resource, namespace, name));
  if (!there) return notFound(response, place);
  if (request.method === "GET") return json(response, 200, there);
  if (request.method === "PATCH") {
    const merge = request.headers["content-type"] === "application/merge-patch+json" ? mergePatch : strategicPatch;
    const patched = merge(there, JSON.parse(body)) as Record<string, unknown>;
    return checked(response, patched, () => json(response, 200, save(patched)));
  }
  if (request.method === "DELETE") {
    store.end(resource.resource, there);
    return json(response, 200, { kind: "Status", apiVersion: "v1", status: "Success", metadata: {} });
  }
  return fail(response, 405, "MethodNotAllowed", `${request.method} is not for these tests`);
}

/** The one rule that it has of its own: a deployment needs a container. */
function checked(response: ServerResponse, object: Record<string, unknown>, take: () => void): void {
  const spec = object.spec as { template?: { spec?: { containers?: unknown[] } } } | undefined;
  if (object.kind === "Deployment" && !spec?.template?.spec?.containers?.length) {
    const { name } = object.metadata as { name: string };
    const field = "spec.template.spec.containers";
    return fail(response, 422, "Invalid", `Deployment.apps "${name}" is invalid: ${field}: Required value`, {
      ...{ name, group: "apps", kind: "Deployment" },
      causes: [{ reason: "FieldValueRequired", message: "Required value", field }],
    });
  }
  take();
}

const notFound = (response: ServerResponse, { resource, name }: Place) =>
  fail(response, 404, "NotFound", `${resource.resource} "${name}" not found`);

function fail(response: ServerResponse, code: number, reason: string, message: string, details?: object): void {
  const status = { kind: "Status", apiVersion: "v1", status: "Failure", metadata: {} };
  json(response, code, { ...status, reason, code, message, details });
}

function json(response: ServerResponse, code: number, value: object): void {
  response.writeHead(code, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
