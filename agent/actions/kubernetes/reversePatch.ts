import { z } from "zod";

/** A value of JSON. */
type Json = z.infer<ReturnType<typeof z.json>>;
/** An object of JSON. */
export const JsonObject = z.record(z.string(), z.json());
export type JsonObject = z.infer<typeof JsonObject>;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The merge patch (RFC 7386) that puts back what another one changed, from the object as it was before; undefined where none can. In a
 * strategic patch lists are merged by rules of the API's types, and `$` keys are orders: what they change can't be told from here.
 */
export function reversePatch(
  before: JsonObject,
  patch: JsonObject,
  type: "strategic" | "merge",
): JsonObject | undefined {
  if (type === "strategic" && hasList(patch)) return undefined;
  return reversed(before, patch);
}

function hasList(value: Json): boolean {
  if (Array.isArray(value)) return true;
  return isObject(value) && Object.entries(value).some(([key, item]) => key.startsWith("$") || hasList(item));
}

function reversed(before: JsonObject, patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(patch).map(([key, value]): [string, Json] => {
      const was = Object.hasOwn(before, key) ? before[key] : undefined;
      if (isObject(value) && isObject(was)) return [key, reversed(was, value)];
      return [key, was ?? null];
    }),
  );
}
