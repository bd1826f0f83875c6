import type { ActionSpec } from "../../domain/action/defineAction.ts";
import { Failure } from "../../domain/failure.ts";
import type { AgentConfig } from "../config.ts";
import type { Ground } from "./checkRole.ts";
import { checkRole } from "./checkRole.ts";
import { walkArguments } from "./walkArguments.ts";

/** An order that agent.yaml allows: arguments parsed, defaults filled in, every path replaced by where it really leads. */
export interface CheckedTask {
  readonly spec: ActionSpec;
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Holds an order against agent.yaml. Throws a Failure: `actionUnknown`, `argumentsInvalid`, or `outsideAllowedRoots` naming the
 * argument, its value, and the key of agent.yaml that would allow it.
 */
export function checkTask(
  actions: ReadonlyMap<string, { readonly spec: ActionSpec }>,
  order: { readonly action: string; readonly arguments: Readonly<Record<string, unknown>> },
  config: AgentConfig,
  ground: Ground,
): CheckedTask {
  const spec = actions.get(order.action)?.spec;
  if (spec === undefined) throw new Failure("actionUnknown", `This agent has no action ${order.action}.`);
  if (!isAllowed(order.action, config.actions)) {
    throw new Failure("outsideAllowedRoots", `agent.yaml does not allow ${order.action}: it is not under "actions".`);
  }
  const parsed = spec.args.safeParse(order.arguments);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
    throw new Failure("argumentsInvalid", `${order.action}: ${where}${issue?.message ?? "not its arguments"}`);
  }
  const args = walkArguments(spec.args, parsed.data, (found) => checkRole(found, config, ground));
  return { spec, args: Object.fromEntries(Object.entries(args ?? {})) };
}

/** `files.copy` itself, or its whole pack as `files.*`. */
export function isAllowed(action: string, allowed: readonly string[]): boolean {
  const [pack] = action.split(".");
  return allowed.includes(action) || allowed.includes(`${pack}.*`);
}
