import type { ActionSpec } from "../../domain/action/defineAction.ts";
import { Failure } from "../../domain/failure.ts";
import type { AgentConfig } from "../config.ts";
import type { Ground } from "../policy/checkRole.ts";
import { checkRole } from "../policy/checkRole.ts";
import { isAllowed } from "../policy/checkTask.ts";
import { walkArguments } from "../policy/walkArguments.ts";

/** What this host's agent.yaml says of arguments, for a person who is not held to it. */
export interface Allowance {
  /** The file that was read; undefined: there is none, and everything stands as it was given. */
  readonly configFile: string | undefined;
  /** The arguments as the agent would have them, every path real; and what it would refuse, which stands as it was given. */
  readonly allow: (spec: ActionSpec, args: unknown) => { readonly args: unknown; readonly refusals: readonly string[] };
}

/** Where there is no agent.yaml, as on an owner's laptop. */
export const NO_ALLOWANCE: Allowance = { configFile: undefined, allow: (_, args) => ({ args, refusals: [] }) };

/** By the rules of an agent.yaml: all of what it refuses of a task is said, and not the first alone. */
export function allowanceBy(config: AgentConfig, ground: Ground, configFile: string): Allowance {
  return {
    configFile,
    allow(spec, args) {
      const refusals = isAllowed(spec.name, config.actions) ? [] : [`agent.yaml does not allow ${spec.name}.`];
      const real = walkArguments(spec.args, args, (found) => {
        try {
          return checkRole(found, config, ground);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          refusals.push(error.message);
          return found.value;
        }
      });
      return { args: real, refusals };
    },
  };
}
