import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { kubernetesDelete } from "../../../domain/action/kubernetes.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { KubernetesJson } from "../../tools/kubectl.ts";
import { deleteCall, getObjectCall } from "../../tools/kubectl.ts";
import type { Action } from "../action.ts";
import { forgetKept, keepFile, readKept } from "../keptFile.ts";
import { applicable } from "./applicable.ts";
import { lookUntil } from "./lookUntil.ts";
import { holdsVolumes, readPods, readPodsNamed } from "./pods.ts";
import { objectMissing, readObject } from "./readObject.ts";
import { JsonObject } from "./reversePatch.ts";
import { asWorkload, selectorText } from "./workload.ts";

type Args = z.output<typeof kubernetesDelete.args>;
type Result = z.output<typeof kubernetesDelete.result>;

/** A deletion that was begun here: a repeat finds no object, and must still know which one it was and which pods go with it. */
const Begun = z.object({ uid: z.string(), selector: z.string(), names: z.array(z.string()) });
type Begun = z.infer<typeof Begun>;

const keptName = ({ cluster, kind, name }: Args) =>
  `deleted.${encodeURIComponent(`${cluster.context}:${cluster.namespace}:${kind}:${name}`)}.json`;

/** `kubernetes.delete`. What is not kept in a file is not deleted: there would be nothing to apply again. */
export const kubernetesDeleteAction: Action<typeof kubernetesDelete.args, typeof kubernetesDelete.result> = {
  spec: kubernetesDelete,
  plan: ({ cluster, kind, name, keptIn, waitMs }) => [
    { kind: "program", ...getObjectCall(cluster, kind, name) },
    { kind: "note", text: `it must be what ${keptIn} holds, save the number of replicas` },
    { kind: "program", ...deleteCall(cluster, kind, name) },
    { kind: "note", text: `look until it is gone, and its pods with it, ${waitMs} ms at most` },
  ],
  run: remove,
  inspect: async (args) =>
    (await readKept(keptName(args), Begun)) === undefined
      ? { state: "notBegun" }
      : { state: "halfWay", found: `The ${args.kind} ${args.name} was told to go.` },
};

async function remove(args: Args, context: ActionContext): Promise<Result> {
  const beganMs = performance.now();
  const object = await readObject(args, context);
  const begun = object === undefined ? await readKept(keptName(args), Begun) : await begin(args, object, context);
  if (begun === undefined) {
    if (!args.allowAbsent) return objectMissing(args);
    return { was_present: false, pods_left_count: 0, duration_ms: 0 };
  }
  if (object !== undefined) await context.program(deleteCall(args.cluster, args.kind, args.name));
  await untilGone(args, begun, context);
  await forgetKept(keptName(args));
  return { was_present: true, pods_left_count: 0, duration_ms: Math.round(performance.now() - beganMs) };
}

/** Proves that it is kept in the file, and writes down what goes with it. */
async function begin(args: Args, object: KubernetesJson, context: ActionContext): Promise<Begun> {
  const { cluster, kind, name, keptIn } = args;
  if (!isDeepStrictEqual(comparable(applicable(object)), comparable(await keptObject(keptIn)))) {
    throw new Failure(
      "expectationFailed",
      `The ${kind} ${name} is not what ${keptIn} holds, so it was left alone: export it anew, or find out who has changed it.`,
    );
  }
  const workload = kind === "deployment" || kind === "statefulset" ? asWorkload(object) : undefined;
  const pods = workload === undefined ? [] : await readPods(cluster, workload, context);
  const selector = workload === undefined ? "" : selectorText(workload);
  const begun = { uid: object.metadata.uid, selector, names: pods.map((pod) => pod.name) };
  await keepFile(keptName(args), begun);
  context.recordUndo({ kind: "deleted", facts: { namespace: cluster.namespace, kind, name, keptIn } });
  return begun;
}

async function untilGone(args: Args, begun: Begun, context: ActionContext): Promise<void> {
  const { cluster, kind, name, waitMs } = args;
  const { last, holds, waitedMs } = await lookUntil(
    async () => {
      const now = await readObject(args, context);
      const pods = (await readPodsNamed(cluster, begun, context)).filter(holdsVolumes);
      context.progress({ done: begun.names.length - pods.length, total: begun.names.length, unit: "steps" });
      return { now, pods, isAnother: now !== undefined && now.metadata.uid !== begun.uid };
    },
    ({ now, pods, isAnother }) => isAnother || (now === undefined && pods.length === 0),
    { waitMs, context },
  );
  if (last.isAnother) {
    throw new Failure(
      "expectationFailed",
      `The ${kind} ${name} was deleted, and something has made it anew. Find out what (a delivery tool, an operator), and stop that first.`,
    );
  }
  if (holds) return;
  const left = last.now === undefined ? `${last.pods.length} of its pods are not gone` : "it is still there";
  throw new Failure("timedOut", `The ${kind} ${name} was told to go ${waitedMs} ms ago, and ${left}.`, {
    detail: last.pods.map((pod) => `${pod.name}: ${pod.isEnding ? "ending" : pod.phase}`).join("\n"),
  });
}

async function keptObject(path: string): Promise<JsonObject> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new Failure("deviceMissing", `There is no manifest at ${path}.`, { cause: error });
  });
  try {
    return JsonObject.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure("expectationFailed", `${path} holds no object as kubernetes.export writes one.`, { cause });
  }
}

/** Without the number of replicas: a workload is scaled to 0 before it is deleted. */
function comparable(object: Readonly<Record<string, unknown>>): unknown {
  const spec = JsonObject.safeParse(object.spec);
  if (!spec.success) return object;
  const { replicas: _, ...rest } = spec.data;
  return { ...object, spec: rest };
}
