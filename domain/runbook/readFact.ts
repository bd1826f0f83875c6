import type { FactType } from "../fact/fact.ts";
import { FactValue } from "../fact/fact.ts";
import { parseDuration } from "../time.ts";
import { parseSize } from "./readParameters.ts";

/** A fact as somebody typed it, in its declared type; or what would have been one. */
export type ReadFact =
  | { readonly ok: true; readonly value: FactValue }
  | { readonly ok: false; readonly message: string };

/** Reads a typed fact: `20GiB` or bytes for a size, `5m` or milliseconds for a duration, JSON for a record. */
export function readFact(type: FactType, text: string): ReadFact {
  switch (type) {
    case "text":
      return valid(text, "a text of at most 4,000 characters");
    case "flag":
      return valid(text === "true" ? true : text === "false" ? false : undefined, "true or false");
    case "size":
      return valid(parseSize(text), "a size such as 20GiB");
    case "count":
      return valid(/^\d{1,15}$/.test(text) ? Number(text) : undefined, "a whole number");
    case "number":
    case "percent":
      return valid(numberOf(text), "a number");
    case "duration":
      return valid(numberOf(text) ?? parseDuration(text), "a duration such as 90s");
    case "instant":
      return valid(numberOf(text) ?? momentOf(text), "a moment such as 2026-12-03T02:00:00Z");
    case "record":
      return valid(recordOf(text), 'JSON such as {"users":12}');
    default:
      return type satisfies never;
  }
}

function valid(value: unknown, what: string): ReadFact {
  const parsed = FactValue.safeParse(value);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, message: `This is not ${what}.` };
}

const numberOf = (text: string) => (/^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined);

function momentOf(text: string): number | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

function recordOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}
