import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { kubernetesExport } from "../../../domain/action/kubernetes.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { errnoOf, replaceFile } from "../../process/durableFile.ts";
import type { KubernetesJson } from "../../tools/kubectl.ts";
import { getObjectCall } from "../../tools/kubectl.ts";
import type { Action, Inspection } from "../action.ts";
import { applicable } from "./applicable.ts";
import { readObject, requireObject } from "./readObject.ts";
import { asWorkload } from "./workload.ts";

type Args = z.output<typeof kubernetesExport.args>;
type Result = z.output<typeof kubernetesExport.result>;

/** `kubernetes.export`. JSON, which every YAML reader takes, and which has no value that two of them read differently. */
export const kubernetesExportAction: Action<typeof kubernetesExport.args, typeof kubernetesExport.result> = {
  spec: kubernetesExport,
  plan: ({ cluster, kind, name, to }) => [
    { kind: "program", ...getObjectCall(cluster, kind, name) },
    { kind: "note", text: `write it to ${to}, without what the API server keeps about it` },
  ],
  run: async (args, context) => {
    const object = await requireObject(args, context);
    const text = manifestText(object);
    const there = await textOf(args.to);
    if (there !== undefined && there !== text) {
      throw new Failure(
        "expectationFailed",
        `${args.to} holds another manifest already. It was left as it is: give this one another name.`,
      );
    }
    if (there === undefined) replaceFile(args.to, text, { durable: true });
    return describe(args, object, text);
  },
  inspect,
};

/** A power cut can't leave a half: the file is there as a whole or not at all. */
async function inspect(args: Args, context: ActionContext): Promise<Inspection<Result>> {
  const there = await textOf(args.to);
  if (there === undefined) return { state: "notBegun" };
  const object = await readObject(args, context);
  if (object === undefined || manifestText(object) !== there)
    return { state: "halfWay", found: `${args.to} holds another manifest.` };
  return { state: "done", result: describe(args, object, there) };
}

const manifestText = (object: KubernetesJson) => `${JSON.stringify(applicable(object), null, 2)}\n`;

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  });
}

function describe({ kind, to }: Args, object: KubernetesJson, text: string): Result {
  const workload = kind === "deployment" || kind === "statefulset" ? asWorkload(object) : undefined;
  return {
    path: to,
    size_bytes: Buffer.byteLength(text),
    sha256: createHash("sha256").update(text).digest("hex"),
    replicas_count: workload?.spec.replicas ?? 0,
    images: workload?.spec.template.spec.containers.map(({ image }) => image) ?? [],
  };
}
