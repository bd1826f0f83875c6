import type { Parameters, ParameterValue } from "../runbook/parameters.ts";
import type { Runbook } from "../runbook/schema.ts";
import { parseDuration } from "../time.ts";

type Declared = Runbook["parameters"][string];

/** Parameters in their declared types, or what is wrong with each, by name. */
export type ReadParameters =
  | { readonly ok: true; readonly parameters: Parameters }
  | { readonly ok: false; readonly fields: Readonly<Record<string, string>> };

/**
 * Reads what a person gave for a runbook's parameters: every declared one gets its value or its default, nothing undeclared is
 * taken. Sizes are bytes and durations milliseconds from then on, whatever unit they were written in.
 */
export function readParameters(runbook: Runbook, given: Readonly<Record<string, ParameterValue>>): ReadParameters {
  const parameters: Record<string, ParameterValue> = {};
  const fields: Record<string, string> = {};
  for (const [name, declared] of Object.entries(runbook.parameters)) {
    const value = given[name] ?? declared.default;
    const read = value === undefined || value === "" ? { wrong: "This is needed." } : readValue(declared, value);
    if ("wrong" in read) {
      // A parameter whose declared default is the empty text may stay empty.
      if (value === "" && declared.default === "") parameters[name] = "";
      else fields[name] = read.wrong;
    } else parameters[name] = read.value;
  }
  for (const name of Object.keys(given)) {
    if (!(name in runbook.parameters)) fields[name] = "The runbook has no such parameter.";
  }
  return Object.keys(fields).length === 0 ? { ok: true, parameters } : { ok: false, fields };
}

type ReadValue = { readonly value: ParameterValue } | { readonly wrong: string };

function readValue(declared: Declared, value: ParameterValue): ReadValue {
  const text = String(value).trim();
  switch (declared.type) {
    case "string":
      return matching(declared, text);
    case "path":
      return text.startsWith("/") && !text.includes("\0") && !text.split("/").includes("..")
        ? matching(declared, text)
        : { wrong: "An absolute path without '..', such as /srv/data." };
    case "integer":
      return /^-?\d{1,15}$/.test(text) ? { value: Number(text) } : { wrong: "A whole number." };
    case "size":
      return readSize(text);
    case "duration": {
      const ms = typeof value === "number" ? value : parseDuration(text);
      return ms === undefined ? { wrong: "A duration such as 90s, 5m or 1h30m." } : { value: ms };
    }
    case "flag":
      return text === "true" || text === "false" ? { value: text === "true" } : { wrong: "Yes or no." };
    case "choice":
      return declared.choices?.includes(text)
        ? { value: text }
        : { wrong: `One of: ${declared.choices?.join(", ") ?? ""}.` };
    default:
      return declared.type satisfies never;
  }
}

function matching(declared: Declared, text: string): ReadValue {
  if (declared.pattern === undefined || new RegExp(`^(?:${declared.pattern})$`, "u").test(text)) return { value: text };
  return { wrong: `It must look like ${declared.pattern}.` };
}

const SIZE_UNITS = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 } as const;

/** Bytes, or a number with K, M, G or T (powers of 1024, as volumes are made). */
function readSize(text: string): ReadValue {
  const parts = /^(\d{1,15}(?:\.\d{1,3})?)\s?([KMGT]?)(?:iB)?$/.exec(text);
  const unit = parts?.[2];
  const factor = unit === "K" || unit === "M" || unit === "G" || unit === "T" ? SIZE_UNITS[unit] : 1;
  const bytes = Math.round(Number(parts?.[1]) * factor);
  return parts && Number.isSafeInteger(bytes) ? { value: bytes } : { wrong: "A size such as 512M or 20G." };
}
