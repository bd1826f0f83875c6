/**
 * What is taken from an answer: `header:name`, or a JSON pointer into its body (RFC 6901). Undefined where there is nothing, or no single
 * value: later requests can't be filled with a list.
 */
export function captured(where: string, headers: Headers, body: string): string | undefined {
  if (where.startsWith("header:")) return headers.get(where.slice("header:".length).trim()) ?? undefined;
  const found = valueAt(where, body);
  if (typeof found === "string") return found;
  return typeof found === "number" || typeof found === "boolean" ? String(found) : undefined;
}

function valueAt(pointer: string, body: string): unknown {
  let at: unknown;
  try {
    at = JSON.parse(body);
  } catch {
    return undefined;
  }
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}
