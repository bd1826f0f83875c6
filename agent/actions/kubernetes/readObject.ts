import type { KubernetesTarget, ObjectKind } from "../../../domain/action/kubernetesTarget.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { KubernetesJson } from "../../tools/kubectl.ts";
import { getObjectCall, parseObject } from "../../tools/kubectl.ts";

/** Which object of a namespace. */
export interface ObjectAt {
  readonly cluster: KubernetesTarget;
  readonly kind: ObjectKind;
  readonly name: string;
}

/** The largest object that the API server takes is 1.5 MiB; what it adds by itself comes on top. */
const LARGEST_OBJECT_BYTES = 4 * 2 ** 20;

/** One object as it is now; undefined where there is none. */
export async function readObject(at: ObjectAt, context: ActionContext): Promise<KubernetesJson | undefined> {
  const { stdout } = await context.program({
    ...getObjectCall(at.cluster, at.kind, at.name),
    stdout: { to: "callbacks" },
    captureBytes: LARGEST_OBJECT_BYTES,
  });
  return parseObject(stdout.toString());
}

/** The same, where it has to be there. Throws `objectMissing`. */
export async function requireObject(at: ObjectAt, context: ActionContext): Promise<KubernetesJson> {
  return (await readObject(at, context)) ?? objectMissing(at);
}

/** The failure of an object that is not there. */
export function objectMissing({ cluster, kind, name }: ObjectAt): never {
  throw new Failure("objectMissing", `There is no ${kind} ${name} in the namespace ${cluster.namespace}.`);
}
