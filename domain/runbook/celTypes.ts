import { z } from "zod";
import type { FactType } from "../fact/fact.ts";

/** A type of the expression language: a named one, or a map with known fields. */
export type CelType = string | CelFields;
/** The fields of a map and their types. */
export interface CelFields {
  [field: string]: CelType;
}

/** What a declared fact is in an expression: sizes, counts, durations and instants are integers (bytes, ms), the rest as named. */
export function celTypeOfFact(type: FactType): CelType {
  switch (type) {
    case "size":
    case "count":
    case "duration":
    case "instant":
      return "int";
    case "number":
    case "percent":
      return "double";
    case "text":
      return "string";
    case "flag":
      return "bool";
    case "record":
      return "map<string, dyn>";
    default:
      return type satisfies never;
  }
}

/** The kinds of parameter that a runbook declares. */
export type ParameterType = "string" | "path" | "integer" | "size" | "duration" | "flag" | "choice";

/** What a declared parameter is in an expression: sizes are bytes, durations ms. */
export function celTypeOfParameter(type: ParameterType): CelType {
  switch (type) {
    case "string":
    case "path":
    case "choice":
      return "string";
    case "integer":
    case "size":
    case "duration":
      return "int";
    case "flag":
      return "bool";
    default:
      return type satisfies never;
  }
}

const JsonSchema = z.object({
  type: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
});

function celTypeOfJson(schema: unknown): CelType {
  const parsed = JsonSchema.safeParse(schema);
  if (!parsed.success) return "dyn";
  const { type, properties, additionalProperties, items } = parsed.data;
  if (type === "object" && properties !== undefined) {
    return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, celTypeOfJson(field)]));
  }
  if (type === "object") {
    const inner = celTypeOfJson(additionalProperties);
    return `map<string, ${typeof inner === "string" ? inner : "dyn"}>`;
  }
  if (type === "array") {
    const inner = celTypeOfJson(items);
    return `list<${typeof inner === "string" ? inner : "dyn"}>`;
  }
  if (type === "integer") return "int";
  if (type === "number") return "double";
  if (type === "boolean") return "bool";
  return type === "string" ? "string" : "dyn";
}

/** What the result of an action is in an expression, from its schema. */
export function celTypeOfResult(schema: z.ZodType): CelType {
  return celTypeOfJson(z.toJSONSchema(schema));
}

/** A value does not have the type it was declared with. */
export class NotOfType extends Error {
  override readonly name = "NotOfType";
}

/** Integers are BigInt inside expressions: converted here, on the way in. Throws `NotOfType` for a value of another type. */
export function toCel(value: unknown, type: CelType): unknown {
  if (typeof type !== "string") {
    if (typeof value !== "object" || value === null) throw new NotOfType("expected a map");
    const fields: [string, unknown][] = [];
    for (const [name, field] of Object.entries(value)) {
      const fieldType = Object.hasOwn(type, name) ? type[name] : undefined;
      if (fieldType !== undefined) fields.push([name, toCel(field, fieldType)]);
    }
    return Object.fromEntries(fields);
  }
  if (type === "int") {
    if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new NotOfType("expected a whole number");
    return BigInt(value);
  }
  if (type === "double") {
    if (typeof value !== "number") throw new NotOfType("expected a number");
    return value;
  }
  if (type === "string" || type === "bool") {
    if (typeof value !== (type === "bool" ? "boolean" : "string")) throw new NotOfType(`expected ${type}`);
    return value;
  }
  const container = /^(list|map)<(?:string, )?(.+)>$/.exec(type);
  const inner = container?.[2] ?? "dyn";
  if (container?.[1] === "list") {
    if (!Array.isArray(value)) throw new NotOfType("expected a list");
    return value.map((item: unknown) => toCel(item, inner));
  }
  if (container?.[1] === "map") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new NotOfType("expected a map");
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toCel(item, inner)]));
  }
  return toCelGuessing(value);
}

/** Without a declared type a whole number is an integer and any other a double. */
function toCelGuessing(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCelGuessing);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toCelGuessing(item)]));
  }
  return value;
}

/** The plain JSON value of what an expression gave; undefined where it has none (an integer beyond the safe range, a type). */
export function fromCel(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : undefined;
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), fromCel(item)]));
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromCel(item)]));
  }
  return undefined;
}
