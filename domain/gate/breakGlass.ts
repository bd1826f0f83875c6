import type { Actor } from "../run/actor.ts";
import { isOneOf } from "../run/actor.ts";
import type { GateSpec } from "../runbook/schema.ts";
import { neededOf, quorumOf } from "./quorum.ts";

/** Whether one GO can be left out at a gate at all: people decide there, and there is another GO. */
export function canBreakGlass(spec: GateSpec): boolean {
  return spec.opensBy === "people" && neededOf(quorumOf(spec)) > 1;
}

/** Whether a person may break the glass at a gate: an admin, or an approver who does not decide there. */
export function mayBreakGlass(spec: GateSpec, actor: Actor): boolean {
  if (actor.roles.has("admin")) return true;
  const { of } = quorumOf(spec);
  return actor.roles.has("approver") && of.length > 0 && !isOneOf(actor, of);
}
