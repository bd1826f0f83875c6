import type { ActionSpec } from "../../domain/action/defineAction.ts";
import type { AgentConfig, Approver } from "../config.ts";
import type { Counted } from "./authorise.ts";

/** The role that looks after the dashboard. Whoever is pinned for it alone decides nothing here: they can only break the glass. */
const ADMIN = "admin";

/** Why a verified decision does not count on this host for this action, as a clause; undefined where it does. */
export function notHere({ decision, approver }: Counted, spec: ActionSpec, config: AgentConfig): string | undefined {
  const { verdict } = decision.statement;
  const who = approver.user;
  switch (verdict) {
    case "NO-GO":
      return undefined;
    case "GO":
      return approver.groups.every((group) => group === ADMIN)
        ? `${who} is pinned for ${ADMIN} only, who decides nothing`
        : undefined;
    case "BREAK-GLASS":
      if (spec.class === "destroy") return `${who} broke the glass, and ${spec.name} destroys: that needs every GO`;
      return admits(config, approver)
        ? undefined
        : `${who} broke the glass, and agent.yaml does not admit that (breakGlass)`;
    default:
      return verdict satisfies never;
  }
}

function admits({ breakGlass }: AgentConfig, { groups }: Approver): boolean {
  return typeof breakGlass === "boolean" ? breakGlass : groups.some((group) => breakGlass.includes(group));
}
