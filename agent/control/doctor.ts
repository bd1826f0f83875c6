import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { ActionRegistry } from "../actions/action.ts";
import type { AgentConfig } from "../config.ts";
import { isAllowed } from "../policy/checkTask.ts";

/** Whether an action could run here. */
export interface ActionHealth {
  readonly action: string;
  readonly isAllowed: boolean;
  /** Programs that are not on the PATH, with the Debian package that brings each. */
  readonly missing: readonly { readonly tool: string; readonly debianPackage: string }[];
}

/**
 * Every action of this agent: is it allowed, and which of the programs that it may need are missing. Where an SSH key is pinned, so is
 * what checks it: without it no decision by that key would count.
 */
export function examine(actions: ActionRegistry, config: AgentConfig, path = process.env.PATH ?? ""): ActionHealth[] {
  const missing = (tools: Readonly<Record<string, string>>) =>
    Object.entries(tools)
      .filter(([tool]) => !isOnPath(tool, path))
      .map(([tool, debianPackage]) => ({ tool, debianPackage }));
  const found = [...actions.values()].map(({ spec }) => ({
    action: spec.name,
    isAllowed: isAllowed(spec.name, config.actions),
    missing: missing(spec.tools),
  }));
  if (!config.approvers.some((approver) => "sshKey" in approver)) return found;
  return [...found, { action: "decisions by SSH key", isAllowed: true, missing: missing(SSH_TOOLS) }];
}

/** The program that checks decisions by SSH key, with its Debian package. */
export const SSH_TOOLS = { "ssh-keygen": "openssh-client" } as const;

function isOnPath(tool: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    const file = join(folder, tool);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}
