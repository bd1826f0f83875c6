import { readFileSync } from "node:fs";
import { HostRole } from "../../domain/ids.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import type { Parameters } from "../../domain/runbook/parameters.ts";
import { readParameters } from "../../domain/runbook/readParameters.ts";
import { sha256 } from "../approval/ownReading.ts";
import { CommandError } from "./commandError.ts";
import type { PlanningHost } from "./planOnHost.ts";
import { planOnHost } from "./planOnHost.ts";
import { planText } from "./planText.ts";

/** What `slackwater-agent plan` was asked for. */
export interface PlanWish {
  /** Path of the runbook; undefined: not said. */
  readonly file: string | undefined;
  /** `name=value`, as typed. */
  readonly parameters: readonly string[];
  /** Which of the runbook's hosts this one is; undefined where it has only one. */
  readonly role: string | undefined;
}

/**
 * Says what a runbook would run on this host with these parameters: a person's way of reading it, and of finding out in the afternoon
 * what agent.yaml does not allow yet. Needs no server. Throws a CommandError for what can't be read.
 */
export async function planCommand(wish: PlanWish, host: PlanningHost): Promise<string> {
  if (wish.file === undefined)
    throw new CommandError("Which runbook? slackwater-agent plan FILE [--param name=value]…");
  // Loaded here: the agent itself, which this program is too, does not carry it until it has something to judge.
  const { compileRunbook } = await import("../../domain/runbook/compile.ts");
  const compilation = compileRunbook(readFileSync(wish.file, "utf8"), sha256);
  if (!compilation.ok) {
    const lines = compilation.problems.map(({ line, column, message }) => `${wish.file}:${line}:${column} ${message}`);
    throw new CommandError(lines.join("\n"));
  }
  const { compiled } = compilation;
  return planText(
    await planOnHost(compiled, roleIn(compiled, wish.role), parametersOf(compiled, wish.parameters), host),
  );
}

function roleIn({ runbook }: CompiledRunbook, wanted: string | undefined): HostRole {
  const roles = Object.keys(runbook.hosts);
  const chosen = wanted ?? (roles.length === 1 ? roles[0] : undefined);
  if (chosen !== undefined && roles.includes(chosen)) return HostRole.parse(chosen);
  throw new CommandError(`Which of its hosts is this one? Say --role with one of: ${roles.join(", ")}`);
}

function parametersOf({ runbook }: CompiledRunbook, typed: readonly string[]): Parameters {
  const given = typed.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new CommandError(`${text} is no parameter: say --param name=value.`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  const read = readParameters(runbook, Object.fromEntries(given));
  if (read.ok) return read.parameters;
  const lines = Object.entries(read.problems).map(([name, message]) => `--param ${name}=…  ${message}`);
  throw new CommandError(lines.join("\n"));
}
