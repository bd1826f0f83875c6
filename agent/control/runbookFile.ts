import { readFileSync } from "node:fs";
import { HostRole } from "../../domain/ids.ts";
import type { CompiledRunbook } from "../../domain/runbook/compiled.ts";
import type { Parameters } from "../../domain/runbook/parameters.ts";
import { readParameters } from "../../domain/runbook/readParameters.ts";
import { sha256 } from "../approval/ownReading.ts";
import { CommandError } from "./commandError.ts";

/** What a command was told of a runbook. */
export interface RunbookWish {
  /** Path of the runbook; undefined: not said. */
  readonly file: string | undefined;
  /** `name=value`, as typed. */
  readonly parameters: readonly string[];
  /** Which of the runbook's hosts this one is; undefined where it has only one. */
  readonly role: string | undefined;
}

/** A runbook with all that a command needs to know of its window. */
export interface ReadWish {
  readonly compiled: CompiledRunbook;
  readonly role: HostRole;
  readonly parameters: Parameters;
}

/** Reads what a command was told of a runbook. Throws a CommandError for what can't be read, with line and column. */
export async function readWish({ file, parameters, role }: RunbookWish, usage: string): Promise<ReadWish> {
  if (file === undefined) throw new CommandError(`Which runbook? ${usage}`);
  // Loaded here: the agent itself, which this program is too, does not carry it until it has something to judge.
  const { compileRunbook } = await import("../../domain/runbook/compile.ts");
  const compilation = compileRunbook(readFileSync(file, "utf8"), sha256);
  if (!compilation.ok) {
    const lines = compilation.problems.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`);
    throw new CommandError(lines.join("\n"));
  }
  const { compiled } = compilation;
  return { compiled, role: roleIn(compiled, role), parameters: parametersOf(compiled, parameters) };
}

function roleIn({ runbook }: CompiledRunbook, wanted: string | undefined): HostRole {
  const roles = Object.keys(runbook.hosts);
  const chosen = wanted ?? (roles.length === 1 ? roles[0] : undefined);
  if (chosen !== undefined && roles.includes(chosen)) return HostRole.parse(chosen);
  throw new CommandError(`Which of its hosts is this one? Say --role with one of: ${roles.join(", ")}`);
}

function parametersOf({ runbook }: CompiledRunbook, typed: readonly string[]): Parameters {
  const given = typed.map((text) => pairIn(text, "parameter", "--param name=value"));
  const read = readParameters(runbook, Object.fromEntries(given));
  if (read.ok) return read.parameters;
  const lines = Object.entries(read.problems).map(([name, message]) => `--param ${name}=…  ${message}`);
  throw new CommandError(lines.join("\n"));
}

/** Takes `name=value` apart. Throws a CommandError for what is none. */
export function pairIn(text: string, what: string, usage: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw new CommandError(`${text} is no ${what}: say ${usage}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}
