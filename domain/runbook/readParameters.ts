import { parseDuration } from "../time.ts";
import type { Parameters, ParameterValue } from "./parameters.ts";
import type { Runbook } from "./schema.ts";

type ParameterSpec = Runbook["parameters"][string];

/** A parameter's value in its declared type, or what is wrong with it, in words for the field. */
export type ReadParameter =
  | { readonly ok: true; readonly value: ParameterValue }
  | { readonly ok: false; readonly message: string };

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** Reads a size as people write it (`1.5GiB`, `300 MB`, `4096`) into bytes; undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim());
  const unitBytes = UNITS[match?.[2] ?? ""];
  if (match === null || unitBytes === undefined) return undefined;
  const sizeBytes = Math.round(Number(match[1]) * unitBytes);
  return Number.isSafeInteger(sizeBytes) ? sizeBytes : undefined;
}

const wrong = (message: string): ReadParameter => ({ ok: false, message });
const right = (value: ParameterValue): ReadParameter => ({ ok: true, value });

function readWhole(input: unknown, parse: (text: string) => number | undefined, example: string): ReadParameter {
  const value = typeof input === "number" ? input : typeof input === "string" ? parse(input) : undefined;
  if (value === undefined || !Number.isSafeInteger(value) || value < 0) return wrong(`This is not ${example}.`);
  return right(value);
}

function readText(spec: ParameterSpec, input: unknown): ReadParameter {
  const text = typeof input === "string" ? input : typeof input === "number" ? String(input) : undefined;
  if (text === undefined || text.length > 4000) return wrong("A text of at most 4,000 characters is needed.");
  if (/[\0\n\r]/.test(text)) return wrong("Only one line is allowed here.");
  if (spec.pattern !== undefined && !matches(spec.pattern, text))
    return wrong(`This does not have the form ${spec.pattern}.`);
  return right(text);
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(text);
  } catch {
    return false;
  }
}

/** Reads one parameter as typed into a form, or given by a program, into the value that a window keeps. */
export function readParameter(spec: ParameterSpec, input: unknown): ReadParameter {
  switch (spec.type) {
    case "string":
      return readText(spec, input);
    case "path": {
      const text = readText(spec, input);
      if (!text.ok || text.value === "") return text;
      const isPath =
        typeof text.value === "string" && text.value.startsWith("/") && !text.value.split("/").includes("..");
      return isPath ? text : wrong("This is not an absolute path without .. in it.");
    }
    case "choice": {
      const choices = spec.choices ?? [];
      return typeof input === "string" && choices.includes(input)
        ? right(input)
        : wrong(`One of ${choices.join(", ")} is needed.`);
    }
    case "integer":
      return readWhole(input, (text) => (/^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined), "a whole number");
    case "size":
      return readWhole(input, parseSize, "a size such as 20 GiB");
    case "duration":
      return readWhole(input, (text) => parseDuration(text.trim()), "a duration such as 90s, 5m or 1h30m");
    case "flag":
      if (typeof input === "boolean") return right(input);
      return input === "true" || input === "false" ? right(input === "true") : wrong("Yes or no is needed.");
    default:
      return spec.type satisfies never;
  }
}

/** All parameters of a window, or what is wrong field by field. */
export type ReadParameters =
  | { readonly ok: true; readonly parameters: Parameters }
  | { readonly ok: false; readonly problems: Readonly<Record<string, string>> };

/** Reads the parameters of a window: defaults where nothing is given, unknown names refused, every value in its declared type. */
export function readParameters(
  runbook: Pick<Runbook, "parameters">,
  given: Readonly<Record<string, unknown>>,
): ReadParameters {
  const parameters: Record<string, ParameterValue> = {};
  const problems: Record<string, string> = {};
  for (const [name, spec] of Object.entries(runbook.parameters)) {
    const input = Object.hasOwn(given, name) ? given[name] : spec.default;
    const read = input === undefined ? wrong("A value is needed.") : readParameter(spec, input);
    if (read.ok) parameters[name] = read.value;
    else problems[name] = read.message;
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(runbook.parameters, name)) problems[name] = "The runbook has no such parameter.";
  }
  return Object.keys(problems).length === 0 ? { ok: true, parameters } : { ok: false, problems };
}

/** Reads the parameters that are known without a window: those given, and the runbook's defaults. One that has neither is left out. */
export function givenParameters(
  runbook: Pick<Runbook, "parameters">,
  given: Readonly<Record<string, unknown>>,
): ReadParameters {
  const known = Object.entries(runbook.parameters).filter(
    ([name, { default: usual }]) => usual !== undefined || Object.hasOwn(given, name),
  );
  return readParameters({ parameters: Object.fromEntries(known) }, given);
}
