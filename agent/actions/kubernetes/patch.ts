import type { z } from "zod";
import { kubernetesPatch } from "../../../domain/action/kubernetes.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { KubernetesJson } from "../../tools/kubectl.ts";
import { patchCall } from "../../tools/kubectl.ts";
import type { Action } from "../action.ts";
import { requireObject } from "./readObject.ts";
import { JsonObject, reversePatch } from "./reversePatch.ts";

type Args = z.output<typeof kubernetesPatch.args>;
type Result = z.output<typeof kubernetesPatch.result>;

/** `kubernetes.patch`. */
export const kubernetesPatchAction: Action<typeof kubernetesPatch.args, typeof kubernetesPatch.result> = {
  spec: kubernetesPatch,
  plan: (args) => [{ kind: "program", ...patchCall(args.cluster, args, args.type, textOf(args)) }],
  run: patch,
  // A patch says what shall be, so that it is simply given again.
  inspect: () => Promise.resolve({ state: "notBegun" }),
};

const objectOf = ({ patch: given }: Args): JsonObject =>
  typeof given === "string" ? JsonObject.parse(JSON.parse(given)) : given;

const textOf = (args: Args) => JSON.stringify(objectOf(args));

async function patch(args: Args, context: ActionContext): Promise<Result> {
  const before = await requireObject(args, context);
  const reverse = reversePatch(JsonObject.parse(before), objectOf(args), args.type);
  const reverseText = reverse === undefined ? "" : JSON.stringify(reverse);
  context.recordUndo({
    kind: "patched",
    facts: {
      namespace: args.cluster.namespace,
      kind: args.kind,
      name: args.name,
      // One that is longer than a hint may be is still in the result.
      reversePatch: reverseText.length <= 4000 ? reverseText : "",
    },
  });
  await context.program(patchCall(args.cluster, args, args.type, textOf(args)));
  const after = await requireObject(args, context);
  return {
    changed: versionOf(before) !== versionOf(after),
    reverse_patch: reverseText,
    generation: after.metadata.generation,
  };
}

/** Every change of an object gives it another one, and nothing else does. */
const versionOf = ({ metadata }: KubernetesJson): unknown => metadata.resourceVersion;
