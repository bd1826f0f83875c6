type Json = unknown;
type JsonObject = Record<string, Json>;

const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A merge patch (RFC 7386). */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** A strategic merge patch, as far as these tests go: lists of things with a name are merged by it, others are replaced. */
export function strategicPatch(target: Json, patch: Json): Json {
  if (Array.isArray(patch)) return Array.isArray(target) ? mergeByName(target, patch) : patch;
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) continue;
    if (value === null) delete result[key];
    else result[key] = strategicPatch(result[key], value);
  }
  return result;
}

function mergeByName(target: readonly Json[], patch: readonly Json[]): Json {
  const nameOf = (item: Json) => (isObject(item) ? item.name : undefined);
  if (patch.some((item) => nameOf(item) === undefined)) return patch;
  const kept = target.map((item) => {
    const change = patch.find((one) => nameOf(one) === nameOf(item));
    return change === undefined ? item : strategicPatch(item, change);
  });
  return [...kept, ...patch.filter((one) => !target.some((item) => nameOf(item) === nameOf(one)))];
}
