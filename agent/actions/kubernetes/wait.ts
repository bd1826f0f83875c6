import { z } from "zod";
import { kubernetesWait } from "../../../domain/action/kubernetes.ts";
import type { KubernetesJson } from "../../tools/kubectl.ts";
import { getObjectCall } from "../../tools/kubectl.ts";
import { observing } from "../observing.ts";
import { Condition } from "./condition.ts";
import { lookUntil } from "./lookUntil.ts";
import { readObject } from "./readObject.ts";

const Status = z
  .object({
    observedGeneration: z.int().optional(),
    conditions: z.array(Condition).default([]),
  })
  .catch({ conditions: [] });

/** What was seen of a condition. */
export interface ConditionSeen {
  readonly isMet: boolean;
  readonly isPresent: boolean;
  readonly status: string;
  readonly reason: string;
  readonly detail: string;
}

/**
 * Judges a condition of an object; `deleted` is that it is not there. One that was found before the last change of the object says
 * nothing of it: a deployment is still "available" by its old pods in the moment after it was changed.
 */
export function judgeCondition(
  object: KubernetesJson | undefined,
  wanted: { readonly condition: string; readonly status: string },
): ConditionSeen {
  const isDeleted = wanted.condition.toLowerCase() === "deleted";
  const seen = { isPresent: object !== undefined, status: "", reason: "" };
  if (object === undefined) return { ...seen, isMet: isDeleted, detail: "it is not there" };
  if (isDeleted) return { ...seen, isMet: false, detail: "it is still there" };
  const { conditions, observedGeneration } = Status.parse(object.status ?? {});
  const found = conditions.find(({ type }) => type.toLowerCase() === wanted.condition.toLowerCase());
  if (found === undefined) return { ...seen, isMet: false, detail: `it has no condition ${wanted.condition}` };
  const { status, reason, message } = found;
  const observed = found.observedGeneration ?? observedGeneration ?? object.metadata.generation;
  if (observed < object.metadata.generation)
    return { ...seen, isMet: false, status, reason, detail: "its last change has not been taken up yet" };
  return { ...seen, isMet: status === wanted.status, status, reason, detail: message };
}

/** `kubernetes.wait`. */
export const kubernetesWaitAction = observing(kubernetesWait, {
  plan: ({ cluster, kind, name, condition, status, waitMs }) => [
    { kind: "program", ...getObjectCall(cluster, kind, name) },
    {
      kind: "note",
      text: `again and again until ${condition === "deleted" ? "it is gone" : `${condition} is ${status}`}, ${waitMs} ms at most`,
    },
  ],
  run: async (args, context) => {
    const { last, waitedMs } = await lookUntil(
      async () => judgeCondition(await readObject(args, context), args),
      ({ isMet }) => isMet,
      { waitMs: args.waitMs, context },
    );
    const { isMet, isPresent, status, reason, detail } = last;
    return { is_met: isMet, is_present: isPresent, status, reason, detail, waited_ms: waitedMs };
  },
});
