import type { ActionSpec } from "../../../domain/action/defineAction.ts";
import type { ActionRegistry } from "../../actions/action.ts";
import type { AgentConfig } from "../../config.ts";
import { isAllowed } from "../../policy/checkTask.ts";
import type { ActionHealth } from "./finding.ts";

/** Programs of a PostgreSQL server's own version. One in a container brings them in its image. */
const OF_THE_SERVER: ReadonlySet<string> = new Set(["pg_ctl", "pg_controldata", "pg_dump", "psql"]);
const OF_CONTAINERS = "docker";
/** Programs that do the same as another, for whoever asks for them by name: where the other is there, the action can work. */
const INSTEAD_OF: Readonly<Record<string, string>> = { gpg: "openssl" };

type Missing = ActionHealth["missing"];

/**
 * Every action of this agent: is it allowed, and which of the programs that it needs here are not there. Which it needs goes by what
 * the owner allows: Docker only where a container is allowed, and then PostgreSQL's programs only for what lies outside of one.
 */
export function actionsHealth(
  actions: ActionRegistry,
  config: Pick<AgentConfig, "actions" | "containers">,
  isThere: (tool: string) => boolean,
): readonly ActionHealth[] {
  const hasContainers = config.containers.length > 0;
  return [...actions.values()].map(({ spec }) => {
    const absent = absentTools(spec, isThere);
    const missing = absent.filter(({ tool }) =>
      tool === OF_CONTAINERS ? hasContainers : !(hasContainers && OF_THE_SERVER.has(tool)),
    );
    const missingOutside = hasContainers ? absent.filter(({ tool }) => OF_THE_SERVER.has(tool)) : [];
    const verdict = !isAllowed(spec.name, config.actions) ? "notAllowed" : missing.length > 0 ? "missing" : "ok";
    return { action: spec.name, verdict, missing, missingOutside };
  });
}

function absentTools({ tools }: ActionSpec, isThere: (tool: string) => boolean): Missing {
  const isReplaced = (tool: string) => INSTEAD_OF[tool] !== undefined && isThere(INSTEAD_OF[tool]);
  return Object.entries(tools).flatMap(([tool, debianPackage]) =>
    isThere(tool) || isReplaced(tool) ? [] : [{ tool, debianPackage }],
  );
}
